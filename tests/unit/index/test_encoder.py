from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import DIMS, write_compiled

from recall_lsp.index import compiled
from recall_lsp.index.encoder import batches, load, load_encoder
from recall_lsp.index.places import models_dir


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 600))
def test_batches_keep_order_and_bound(lengths: list[int], bound: int) -> None:
    groups = list(batches(lengths, bound))
    assert [index for group in groups for index in group] == list(range(len(lengths)))
    for group in groups:
        assert group
        assert len(group) == 1 or sum(lengths[index] for index in group) <= bound


def test_batches_are_not_needlessly_small() -> None:
    assert list(batches([4, 4, 4, 20, 1], 8)) == [[0, 1], [2], [3], [4]]


def test_unit_rows_in_order(tmp_path: Path) -> None:
    encoder = load_encoder(write_compiled(tmp_path / "m"))
    texts = ["river road", "bread", "", "night train"]
    rows = encoder.encode(texts)
    assert rows.shape == (4, DIMS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows, np.concatenate([encoder.encode([text]) for text in texts]))
    assert abs(float(rows[0] @ rows[1])) < 0.99


def test_threads_change_nothing(tmp_path: Path) -> None:
    folder = write_compiled(tmp_path / "m")
    texts = [f"river {'bread ' * (place % 5)} night" for place in range(50)]
    np.testing.assert_array_equal(load_encoder(folder, 1).encode(texts), load_encoder(folder, 3).encode(texts))


def test_no_texts(tmp_path: Path) -> None:
    encoder = load_encoder(write_compiled(tmp_path / "m"))
    assert encoder.encode([]).shape == (0, DIMS)
    assert encoder.count_tokens([]) == []


def test_long_text_is_cut_but_counted_whole(tmp_path: Path) -> None:
    encoder = load_encoder(write_compiled(tmp_path / "m"))
    assert encoder.max_tokens == 12
    cut, whole = encoder.encode(["river " * 10, "river " * 10 + "soup " * 5000])
    np.testing.assert_array_equal(cut, whole)
    assert encoder.count_tokens(["", "river", "river " * 10, "river " * 10 + "soup " * 500]) == [2, 3, 12, 512]


def test_prompt_and_case_are_part_of_the_model(tmp_path: Path) -> None:
    plain = load_encoder(write_compiled(tmp_path / "plain"))
    special = load_encoder(write_compiled(tmp_path / "special", prompt="note ", lower_case=True))
    np.testing.assert_array_equal(special.encode(["RIVER"]), plain.encode(["note river"]))
    assert not np.array_equal(plain.encode(["RIVER"]), plain.encode(["river"]))


def test_half_a_surrogate_pair_is_encoded(tmp_path: Path) -> None:
    encoder = load_encoder(write_compiled(tmp_path / "m"))
    np.testing.assert_array_equal(encoder.encode(["river \ud83d"]), encoder.encode(["river ?"]))
    assert encoder.count_tokens(["\ud83d"]) == [3]


def test_languages(tmp_path: Path) -> None:
    assert load_encoder(write_compiled(tmp_path / "some", languages=["de", "en"])).languages == frozenset({"de", "en"})
    assert load_encoder(write_compiled(tmp_path / "all", languages=None)).languages is None


def _drop(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _cut(folder: Path) -> None:
    os.truncate(folder / "model.onnx", 100)


def _garble_meta(folder: Path) -> None:
    (folder / "meta.json").write_text('{"format": ')


def _age(folder: Path) -> None:
    meta = folder / "meta.json"
    meta.write_text(meta.read_text().replace(f'"format": {compiled.FORMAT}', '"format": 0'))


def _garble_weights(folder: Path) -> None:
    model = folder / "model.onnx"
    model.write_bytes(b"\xff" * model.stat().st_size)


@pytest.mark.parametrize("damage", [_drop, _cut, _garble_meta, _age, _garble_weights])
def test_damage_is_noticed(tmp_path: Path, damage: object) -> None:
    folder = write_compiled(tmp_path / "m")
    assert load_encoder(folder).dims == DIMS
    assert callable(damage)
    damage(folder)
    # Same size, other bytes: only loading tells.
    assert compiled.is_whole(folder) == (damage is _garble_weights)
    with pytest.raises(ValueError, match="compiled model"):
        load_encoder(folder)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a Sentence-Transformers model, and empty caches."""
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_model_is_found_by_folder_and_by_cached_name(source: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--sentence-transformers--some-model" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "modules.json").write_text("[]")
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc\n")
    assert compiled.model_folder(str(source)) == source
    assert compiled.model_folder("some-model") == snapshot
    assert compiled.model_folder("sentence-transformers/some-model") == snapshot
    default = compiled.model_folder("default")
    assert default is not None
    assert (default / "model.safetensors").is_file()


@pytest.mark.parametrize(
    "name", ["nobody/no-model", "no-model", "", "/", "../..", "a\0b", "~nobody-here/m", "m" * 5000]
)
def test_absent_model(source: Path, name: str) -> None:
    assert compiled.model_folder(name) is None
    assert compiled.compiled_model(name) is None
    assert load(name) is None


def test_id_follows_content_not_time(source: Path) -> None:
    def model_id() -> str:
        found = compiled.find_source(str(source))
        assert found is not None
        return found.model_id

    first = model_id()
    assert first.startswith("my-model-")
    os.utime(source / "model.safetensors", (1, 1))
    assert model_id() == first
    (source / "model.safetensors").write_bytes(b"WEIGHTS")
    assert model_id() != first


def test_compiled_model_is_found_until_damaged(source: Path) -> None:
    assert compiled.compiled_model(str(source)) is None
    found = compiled.find_source(str(source))
    assert found is not None
    folder = write_compiled(models_dir() / found.model_id)
    assert compiled.compiled_model(str(source)) == folder
    assert load(str(source)) is not None
    _garble_weights(folder)
    assert load(str(source)) is None
    _cut(folder)
    assert compiled.compiled_model(str(source)) is None


def test_encoding_never_imports_torch(source: Path) -> None:
    found = compiled.find_source(str(source))
    assert found is not None
    write_compiled(models_dir() / found.model_id)
    program = (
        "import sys; from recall_lsp.index.encoder import load; encoder = load(sys.argv[1]); "
        "assert encoder.encode(['river']).shape == (1, 8); "
        "print(sorted({'onnxruntime', 'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(compiled.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program, str(source)], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "['onnxruntime']"
