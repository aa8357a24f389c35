"""A static table beside a compiled model: a small vector for each token, so that sentences compare in microseconds.

A token's vector is what the model gives for that token alone, less its mean, in its main directions (PCA), weighted
by the token's rarity, in int8.  The sketch of a text is the sum of its tokens' vectors, made unit.  Too coarse to
find notes by, it is near enough to choose among the sentences of one passage
(bench/sentences.py).  The table is no part of the model's id: nothing stored depends on it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.compiled import write_durably

FILE = "sketch.npy"
MOST_TOKENS = 60_000
"""Rows of a table; vocabularies are ordered by frequency, and rarer tokens of larger ones count as nothing."""
_DIMS = 256
_MOST_BYTES = 10_000_000
"""A table of more than 39,000 tokens has fewer dimensions."""
_POWER = 2
_CLIP = 99.95
"""Percentile of the table's values that int8 holds; the few beyond are cut."""


def make_table(vectors: NDArray[np.float32], first_word: int, silent: Sequence[int] = ()) -> NDArray[np.int8]:
    """The table [n, at most 256] from the tokens' own unit vectors [n, dims], in the vocabulary's order.

    Tokens before `first_word` are marks and single letters: light, and left out of the mean.  The special tokens
    `silent` get no vector.
    """
    words = vectors[first_word:]
    centred = vectors - words.mean(axis=0)
    _, directions = np.linalg.eigh(centred[first_word:].T @ centred[first_word:])
    ranks = np.maximum(np.arange(len(vectors)) - first_word + 2, 2)
    # By Zipf's law a word's frequency is one over its rank: the log of the rank is its information.
    dims = min(_DIMS, _MOST_BYTES // len(vectors))
    table = centred @ directions[:, ::-1][:, :dims] * (np.log(ranks) ** _POWER)[:, None]
    table[list(silent)] = 0
    highest = max(float(np.percentile(np.abs(table), _CLIP)), 1e-12)
    return np.asarray(np.clip(np.round(table * (127 / highest)), -127, 127), np.int8)


def write_table(folder: Path, table: NDArray[np.int8]) -> None:
    """Raises OSError."""
    content = io.BytesIO()
    np.save(content, table, allow_pickle=False)
    write_durably(folder / FILE, content.getvalue())


def read_table(folder: Path) -> NDArray[np.int8] | None:
    """The table of a compiled model, memory-mapped; None when there is none (yet) or it is damaged."""
    path = folder / FILE
    try:
        return _mapped(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=2)
def _mapped(path: Path, changed: int) -> NDArray[np.int8] | None:
    try:
        # As a plain array: each slice of a memmap object costs microseconds.
        table = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError):
        return None
    return table if table.dtype == np.int8 and table.ndim == 2 and table.size else None


def sketches(table: NDArray[np.int8], texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Unit rows [len(texts), d] of texts given as token ids; zeros for one without a token in the table."""
    known = [[token for token in ids if token < len(table)] for ids in texts]
    found = table.take([token for ids in known for token in ids], axis=0) if any(known) else table[:0]
    rows = np.zeros((len(texts), table.shape[1]), np.float32)
    start = 0
    for row, ids in enumerate(known):
        rows[row] = found[start : start + len(ids)].sum(axis=0, dtype=np.int32)
        start += len(ids)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
