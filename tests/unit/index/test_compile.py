from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tiny_model import WORDS, write_bert

from recall_lsp.index import compile as compiling
from recall_lsp.index.agreement import SAMPLE, SENTENCES, agreement, choose_sample
from recall_lsp.index.encoder import compiled_model, load, run_compile
from recall_lsp.index.places import models_dir

SAMPLE_TEXTS = [f"{first} {second} {third}" for first in WORDS[:5] for second in WORDS[3:8] for third in WORDS[6:9]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One model cache for the whole file: compiling takes seconds."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECALL_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "tiny")


@pytest.mark.parametrize(
    ("card", "name", "expected"),
    [
        ("---\nlanguage: en\nlicense: mit\n---\n# A model", "m", {"en"}),
        ("---\nlanguage:\n- de\n- zh-cn\n- no\n---\n", "m", {"de", "zh", "no"}),
        ("---\nlanguage:\n- multilingual\n- en\n---\n", "m", None),
        ("---\nlicense: mit\n---\n", "m", {"en"}),
        ("---\n: [\n---\n", "my-multilingual-model", None),
        ("no front matter", "m", {"en"}),
        (None, "paraphrase-Multilingual-x", None),
        (None, "m", {"en"}),
    ],
)
def test_languages(tmp_path: Path, card: str | None, name: str, expected: set[str] | None) -> None:
    if card is not None:
        (tmp_path / "README.md").write_text(card)
    assert compiling.languages(tmp_path, name) == expected


def test_agreement_of_equal_turned_and_unrelated_vectors() -> None:
    random = np.random.default_rng(3)

    def unit(rows: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return scaled

    wanted = unit(random.normal(size=(60, 16)))
    cosine, overlap = agreement(wanted, wanted)
    assert cosine == pytest.approx(1)
    assert overlap == 1
    cosine, overlap = agreement(wanted, unit(wanted + random.normal(scale=0.02, size=wanted.shape)))
    assert 0.98 < cosine < 1
    assert 0.7 < overlap < 1
    cosine, overlap = agreement(wanted, unit(random.normal(size=(60, 16))))
    assert abs(cosine) < 0.2
    assert overlap < 0.4


def test_sample_is_filled_up_spread_and_free_of_repetition() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES) == 64
    assert choose_sample(["mine \ud800", "mine ?", " "]) == ["mine ?", *SENTENCES]
    many = choose_sample([f"passage {number}" for number in range(1000)])
    assert len(many) == SAMPLE
    assert many[-1] == "passage 992"


@pytest.mark.slow
def test_default_model_is_compiled_once_and_agrees(cache: Path) -> None:
    assert load("default") is None
    first = run_compile("default", [])
    assert (first.error, first.kind) == ("", "int8")
    assert first.cosine >= compiling.MIN_COSINE
    assert first.overlap >= compiling.MIN_OVERLAP
    folder = compiled_model("default")
    assert folder is not None
    assert folder.name == first.model_id
    written = (folder / "model.onnx").stat().st_mtime_ns
    assert run_compile("default", []).model_id == first.model_id
    assert (folder / "model.onnx").stat().st_mtime_ns == written

    encoder = load("default", threads=2)
    assert encoder is not None
    assert encoder.dims == 384
    assert encoder.languages == frozenset({"en"})
    bread, loaf, train = encoder.encode(["We baked bread.", "A loaf from the oven.", "The night train was late."])
    assert bread @ loaf > bread @ train + 0.2
    together = encoder.encode(SENTENCES)
    alone = np.concatenate([encoder.encode([text]) for text in SENTENCES])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.slow
def test_any_chain_of_modules_compiles(cache: Path, bert: Path) -> None:
    from sentence_transformers import SentenceTransformer

    result = run_compile(str(bert), SAMPLE_TEXTS)
    assert result.error == ""
    encoder = load(str(bert))
    assert encoder is not None
    assert (encoder.dims, encoder.max_tokens) == (24, 48)
    wanted = SentenceTransformer(str(bert), device="cpu").encode(SAMPLE_TEXTS, normalize_embeddings=True)
    cosine, _ = agreement(np.asarray(wanted, np.float32), encoder.encode(SAMPLE_TEXTS))
    assert cosine >= compiling.MIN_COSINE


@pytest.mark.slow
def test_damaged_model_is_compiled_again(cache: Path, bert: Path) -> None:
    assert run_compile(str(bert), SAMPLE_TEXTS).error == ""
    folder = compiled_model(str(bert))
    assert folder is not None
    model = folder / "model.onnx"
    model.write_bytes(b"\xff" * model.stat().st_size)
    assert load(str(bert)) is None
    assert run_compile(str(bert), SAMPLE_TEXTS).error == ""
    assert load(str(bert)) is not None


@pytest.mark.slow
def test_float_is_kept_where_int8_disagrees(
    tmp_path: Path, bert: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path))
    strict = [compiling._Attempt("int8", {"per_channel": True}, 1.1, 1.1), compiling._ATTEMPTS[-1]]
    monkeypatch.setattr(compiling, "_ATTEMPTS", strict)
    result = compiling.compile_model(str(bert), SAMPLE_TEXTS)
    assert result.kind == "float32"
    assert result.overlap > 0.98
    assert load(str(bert)) is not None
    assert "int8: mean cosine" in capsys.readouterr().err
    monkeypatch.setattr(compiling, "_ATTEMPTS", strict[:1])
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path / "other"))
    with pytest.raises(compiling.CompileError, match="other vectors when compiled"):
        compiling.compile_model(str(bert), SAMPLE_TEXTS)
    assert not [path for path in models_dir().iterdir() if path.is_dir()]


@pytest.mark.slow
def test_two_at_once_and_one_killed(tmp_path: Path, bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path))
    program = [sys.executable, "-m", "recall_lsp.index.compile", str(bert)]
    killed = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("models/*.part/float32.onnx")) and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    assert compiled_model(str(bert)) is None
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: run_compile(str(bert), SAMPLE_TEXTS), range(2)))
    assert [result.error for result in results] == ["", ""]
    assert load(str(bert)) is not None
    assert not list(tmp_path.glob("models/*.part"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"), [(None, "is not on this machine"), ('{"model_type": "no-such"}', "cannot be loaded")]
)
def test_failure_is_one_sentence(cache: Path, tmp_path: Path, content: str | None, words: str) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    if content is not None:
        (folder / "config.json").write_text(content)
    program = [sys.executable, "-m", "recall_lsp.index.compile", str(folder)]
    done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert words in sentence
    assert sentence.endswith(".")
    assert json.loads(done.stdout)["error"] == sentence


@pytest.mark.slow
def test_code_that_comes_with_a_model_is_not_run(cache: Path, bert: Path, tmp_path: Path) -> None:
    """A folder of notes from elsewhere may name a model in its recall.toml, and bring it along."""
    folder, mark = tmp_path / "own", tmp_path / "it ran"
    shutil.copytree(bert, folder)
    (folder / "own.py").write_text(f"import pathlib\n\npathlib.Path({str(mark)!r}).touch()\nclass Own: ...\n")
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps([modules[0] | {"type": "own.Own"}, *modules[1:]]))
    assert "cannot be loaded" in run_compile(str(folder), SAMPLE_TEXTS).error
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "own.Own"}}))
    (folder / "modules.json").write_text(json.dumps(modules))
    run_compile(str(folder), SAMPLE_TEXTS)
    assert not mark.exists()


def test_an_absent_model_is_told_by_run_compile(cache: Path) -> None:
    assert "is not on this machine" in run_compile("nobody/no-model", []).error
    assert "could not be started" in run_compile("no\0model", []).error
