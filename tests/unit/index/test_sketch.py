from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_model import WORDS, write_bert, write_compiled

from recall_lsp.index import sketch
from recall_lsp.index.encoder import add_sketch, compiled_model, has_sketch, load_encoder, run_compile
from recall_lsp.index.sketch import make_table, read_table, sketches, write_table


def vectors(count: int, dims: int = 16) -> np.ndarray:
    rows = np.random.default_rng(11).normal(size=(count, dims)).astype(np.float32)
    scaled: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def test_table_keeps_who_is_near_whom() -> None:
    rows = vectors(400)
    table = make_table(rows, 0)
    assert table.dtype == np.int8
    assert table.shape == (400, 16)
    wanted = rows - rows.mean(axis=0)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    found = sketches(table, [[at] for at in range(400)])
    # The first tokens are so light that little of them is left in eight bits.
    assert np.abs(found[50:] @ found[50:].T - wanted[50:] @ wanted[50:].T).max() < 0.08


def test_rare_tokens_weigh_more_and_special_ones_nothing() -> None:
    table = make_table(vectors(400), 5, silent=[0, 390])
    lengths = np.linalg.norm(table.astype(np.float32), axis=1)
    assert lengths[0] == lengths[390] == 0
    assert lengths[1:20].mean() < lengths[100:120].mean() < lengths[300:320].mean()


def test_a_large_vocabulary_has_fewer_dimensions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketch, "_MOST_BYTES", 4000)
    assert make_table(vectors(400), 0).shape == (400, 10)


def test_sketch_is_a_unit_sum_of_known_tokens() -> None:
    table = np.array([[3, 0], [0, 4], [1, 1]], np.int8)
    rows = sketches(table, [[0, 1], [1, 0], [99], [], [2, 99]])
    diagonal = float(np.sqrt(0.5))
    wanted = np.array([[0.6, 0.8], [0.6, 0.8], [0, 0], [0, 0], [diagonal, diagonal]])
    np.testing.assert_allclose(rows, wanted, atol=1e-6)
    assert rows.dtype == np.float32
    assert sketches(table, []).shape == (0, 2)


def test_sum_is_wider_than_eight_bits() -> None:
    (row,) = sketches(np.array([[127, 0], [0, 127]], np.int8), [[0] * 300 + [1] * 300])
    np.testing.assert_allclose(row, [0.5**0.5, 0.5**0.5], atol=1e-6)


def test_without_a_table_there_is_nothing_to_compare(tmp_path: Path) -> None:
    encoder = load_encoder(write_compiled(tmp_path / "m"))
    assert encoder.sketch(["river", "bread"]).shape == (2, 0)
    assert encoder.sketch([]).shape == (0, 0)


def test_table_that_comes_later_is_taken_and_changes_no_encoding(tmp_path: Path) -> None:
    folder = write_compiled(tmp_path / "m")
    encoder = load_encoder(folder)
    before = encoder.encode(["river road"])
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    add_sketch(folder)
    assert encoder.sketch(["river"]).shape[1] > 0
    np.testing.assert_array_equal(encoder.encode(["river road"]), before)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != sketch.FILE} == files


def test_sketch_follows_the_model(tmp_path: Path) -> None:
    """Single words are compared as the model compares them, less what all words share."""
    folder = write_compiled(tmp_path / "m")
    add_sketch(folder, threads=1)
    encoder = load_encoder(folder)
    wanted, found = encoder.encode(WORDS), encoder.sketch(WORDS)
    wanted -= wanted.mean(axis=0)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=0.08)
    np.testing.assert_array_equal(found, encoder.sketch(WORDS))
    assert not encoder.sketch(["", "[CLS]", "unheard"]).any()
    np.testing.assert_array_equal(encoder.sketch(["river \ud83d"]), encoder.sketch(["river ?"]))


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"garbage"])
def test_damaged_table_counts_as_none(tmp_path: Path, content: bytes) -> None:
    folder = write_compiled(tmp_path / "m")
    (folder / sketch.FILE).write_bytes(content)
    assert read_table(folder) is None
    assert load_encoder(folder).sketch(["river"]).shape == (1, 0)
    write_table(folder, np.ones((3, 2), np.int8))
    assert read_table(folder) is not None


def test_another_kind_of_array_is_no_table(tmp_path: Path) -> None:
    np.save(tmp_path / sketch.FILE, np.ones((3, 2), np.float64))
    assert read_table(tmp_path) is None


def test_compiling_adds_the_table_alone_to_an_older_model(tiny: str) -> None:
    folder = compiled_model(tiny)
    assert folder is not None
    (folder / sketch.FILE).unlink()
    assert not has_sketch(tiny)
    written = (folder / "model.onnx").stat().st_mtime_ns
    result = run_compile(tiny, [])
    # The source of this model has no weights: had it been compiled anew, this would have failed.
    assert "cosine" not in result.error
    assert has_sketch(tiny)
    assert (folder / "model.onnx").stat().st_mtime_ns == written


@pytest.mark.slow
def test_compiling_makes_the_table(tmp_path: Path) -> None:
    source = str(write_bert(tmp_path / "tiny"))
    assert run_compile(source, []).error == ""
    assert has_sketch(source)


@pytest.mark.slow
def test_default_model_tells_bread_from_trains(default_model: str) -> None:
    folder = compiled_model(default_model)
    assert folder is not None
    encoder = load_encoder(folder)
    bread, loaf, train = encoder.sketch(["We baked bread.", "A loaf from the oven.", "The night train was late."])
    assert bread @ loaf > bread @ train + 0.2
    assert (folder / sketch.FILE).stat().st_size < 10_000_000
