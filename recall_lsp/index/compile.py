"""Sentence-Transformers model -> compiled model: `python -m recall_lsp.index.compile MODEL < sample.jsonl`.

The only file that imports torch and sentence-transformers, inside functions, and only ever run as a process of
its own.  Exports transformer, pooling and whatever follows to ONNX, quantises to int8, checks that compiled and
original agree, and moves the result into models_dir() in one step; then adds the sketch (sketch.py) if it is not there.
Prints one JSON line (CompileResult).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from filelock import FileLock

from recall_lsp.index.agreement import agreement, choose_sample
from recall_lsp.index.compiled import FORMAT, CompileResult, Source, as_line, find_source, is_whole
from recall_lsp.index.encoder import MAX_TOKENS, add_sketch, load_encoder
from recall_lsp.index.places import models_dir, private_dir
from recall_lsp.index.sketch import read_table

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MIN_COSINE = 0.98
"""Mean cosine of compiled and original.  int8 MiniLM gives .99; a broken export gives far less."""
MIN_OVERLAP = 0.80
"""Shared part of the ten nearest.  int8 MiniLM gives .9; torch's own dynamic int8 gave .73, which shows."""
MIN_FLOAT_COSINE = 0.999
"""A float32 export computes the same thing: anything less means that part of the model was not exported."""
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TQDM_DISABLE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class CompileError(Exception):
    """Why a model cannot be compiled, in one sentence for the user."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    kind: str
    quantise: dict[str, Any] | None
    min_cosine: float
    min_overlap: float


# Tried in order. Seven-bit weights are for processors without VNNI, where sums of int8 products can saturate.
_ATTEMPTS = (
    _Attempt("int8", {"per_channel": True}, MIN_COSINE, MIN_OVERLAP),
    _Attempt("int8", {"per_channel": True, "reduce_range": True}, MIN_COSINE, MIN_OVERLAP),
    _Attempt("float32", None, MIN_FLOAT_COSINE, 0.0),
)


def compile_model(model: str, sample: Sequence[str]) -> CompileResult:
    """Compiles `model` unless it is there already, loadable.  Raises CompileError, OSError."""
    started = time.monotonic()
    source = find_source(model)
    if source is None:
        raise CompileError(
            f"The model '{model}' is not on this machine: fetch it once with `recall-lsp model get {model}`, "
            "or set `model` to the folder that holds it."
        )
    private_dir(models_dir())
    folder = models_dir() / source.model_id
    with FileLock(models_dir() / f"{source.model_id}.lock"):
        meta = _ready(folder)
        if meta is None:
            # A killed compilation leaves its part here; the next one clears it.
            part = models_dir() / f"{source.model_id}.part"
            shutil.rmtree(part, ignore_errors=True)
            try:
                meta = _compile_into(private_dir(part), model, source, choose_sample(sample))
                shutil.rmtree(folder, ignore_errors=True)
                part.rename(folder)
                _sync(models_dir())
            finally:
                shutil.rmtree(part, ignore_errors=True)
        if read_table(folder) is None:
            _add_sketch(folder)
    figures = {name: meta[name] for name in ("model_id", "kind", "cosine", "overlap")}
    return CompileResult(model, seconds=round(time.monotonic() - started, 1), **figures)


def _ready(folder: Path) -> dict[str, Any] | None:
    """The meta.json of a compiled model that loads; None if there is none."""
    if not is_whole(folder):
        return None
    try:
        load_encoder(folder)
    except ValueError:
        return None
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_bytes())
    return meta


def _compile_into(part: Path, model: str, source: Source, texts: Sequence[str]) -> dict[str, Any]:
    """Fills the folder `part` and returns its meta.json."""
    original = _load_original(source.folder, model)
    wanted = np.asarray(original.encode(list(texts), batch_size=8, normalize_embeddings=True), np.float32)
    described = _describe(original, model, source)
    _save_tokenizer(original, part)
    full = part / "float32.onnx"
    _export(original, full)
    del original
    for attempt in _ATTEMPTS:
        _quantise(full, part / "model.onnx", attempt)
        meta = described | {"kind": attempt.kind, "dims": int(wanted.shape[1])}
        _write_meta(part, meta)
        cosine, overlap = agreement(wanted, load_encoder(part, threads=os.cpu_count() or 1).encode(texts))
        _say(f"{attempt.kind}: mean cosine {cosine:.4f}, {overlap:.0%} of the ten nearest are the same")
        if cosine >= attempt.min_cosine and overlap >= attempt.min_overlap:
            full.unlink(missing_ok=True)
            meta |= {"cosine": round(cosine, 4), "overlap": round(overlap, 3)}
            _write_meta(part, meta)
            for name in ("model.onnx", "tokenizer.json", "meta.json"):
                _sync(part / name)
            _sync(part)
            return meta
    raise CompileError(
        f"The model '{model}' gives other vectors when compiled (mean cosine {cosine:.3f}), so it cannot be used; "
        "set `model` to another one."
    )


def _add_sketch(folder: Path) -> None:
    """The table of a whole model, new or old.  Sentences are chosen without it too, so a failure is only told."""
    try:
        add_sketch(folder)
    except Exception as error:
        _say(f"the sketch could not be made: {_first_line(error)}")


def _load_original(folder: Path, model: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise CompileError(f"Compiling a model needs sentence-transformers, which does not load: {error}.") from error
    try:
        # Eager attention: the fused kinds hold branches that a trace would freeze.
        original = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
        )
    except Exception as error:
        raise CompileError(f"The model '{model}' cannot be loaded: {_first_line(error)}.") from error
    original.max_seq_length = min(original.max_seq_length or MAX_TOKENS, MAX_TOKENS)
    return original.eval().float()


def _describe(original: SentenceTransformer, model: str, source: Source) -> dict[str, Any]:
    known = languages(source.folder, model)
    return {
        "format": FORMAT,
        "name": model,
        "model_id": source.model_id,
        "max_tokens": original.max_seq_length,
        "languages": None if known is None else sorted(known),
        "prompt": original.prompts.get(original.default_prompt_name or "", ""),
        "lower_case": bool(getattr(original[0], "do_lower_case", False)),
        "made_by": {name: version(name) for name in ("torch", "sentence-transformers", "onnxruntime")},
    }


def languages(folder: Path, model: str) -> frozenset[str] | None:
    """ISO codes that a model knows, from its card (README.md, `language`); None for all.

    Without a card: all when "multilingual" is part of its name, else English alone.
    """
    try:
        _, front, _ = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
        stated = yaml.safe_load(front)["language"]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        stated = "multilingual" if "multilingual" in f"{model} {folder.name}".lower() else "en"
    # YAML 1.1 reads Norwegian's `no` as false.
    codes = {
        "no" if code is False else str(code).lower() for code in (stated if isinstance(stated, list) else [stated])
    }
    return None if "multilingual" in codes else frozenset(code.split("-")[0] for code in codes)


def _save_tokenizer(original: SentenceTransformer, part: Path) -> None:
    fast = getattr(original.tokenizer, "backend_tokenizer", None)
    if fast is None:
        raise CompileError("The model's tokenizer has no fast form (tokenizer.json), so it cannot be compiled.")
    fast.save(str(part / "tokenizer.json"))


def _export(original: SentenceTransformer, path: Path) -> None:
    """The whole chain of modules, normalised, as one ONNX graph with free numbers of texts and tokens."""
    import torch

    features = original.preprocess(["A short one.", "A longer sentence, so that the first one is padded."])
    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]

    class Chain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.original = original

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            vectors = self.original(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, p=2, dim=-1)

    axes = {name: {0: "texts", 1: "tokens"} for name in names} | {"vectors": {0: "texts"}}
    try:
        with torch.no_grad():
            torch.onnx.export(
                Chain().eval(),
                tuple(features[name] for name in names),
                str(path),
                input_names=names,
                output_names=["vectors"],
                dynamic_axes=axes,
                opset_version=17,
                dynamo=False,
            )
    except Exception as error:
        raise CompileError(f"The model cannot be exported to ONNX: {_first_line(error)}.") from error


def _quantise(full: Path, path: Path, attempt: _Attempt) -> None:
    if attempt.quantise is None:
        full.replace(path)
        return
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(full, path, weight_type=QuantType.QInt8, **attempt.quantise)


def _write_meta(part: Path, meta: dict[str, Any]) -> None:
    sizes = {name: (part / name).stat().st_size for name in ("model.onnx", "tokenizer.json")}
    (part / "meta.json").write_text(json.dumps(meta | {"files": sizes}, indent=1), encoding="utf-8")


def _sync(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _read_sample() -> list[str]:
    """JSON strings, one a line, from standard input; lines that are not are passed over."""
    texts: list[str] = []
    for line in [] if sys.stdin.isatty() else sys.stdin:
        with contextlib.suppress(ValueError):
            text = json.loads(line)
            texts += [text] if isinstance(text, str) else []
    return texts


def _end_with(parent: int) -> None:
    """Whoever wanted the model is gone: nobody is to wonder what keeps the machine busy."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        _say("usage: python -m recall_lsp.index.compile MODEL < sample.jsonl")
        return 2
    os.umask(0o077)
    os.environ.update(_QUIET)
    if hasattr(os, "nice"):
        os.nice(10)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    (model,) = arguments
    try:
        with contextlib.redirect_stdout(sys.stderr):
            result = compile_model(model, _read_sample())
    except CompileError as error:
        result = CompileResult(model, error=str(error))
    except Exception as error:
        result = CompileResult(model, error=f"Compiling the model '{model}' failed: {_first_line(error)}.")
    if result.error:
        _say(result.error)
    print(as_line(result))
    return 1 if result.error else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
