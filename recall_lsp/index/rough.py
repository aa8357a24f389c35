"""Rough vectors: about what the model would give for a passage, long before it has come to that passage.

A linear map (ridge regression) from sketches (sketch.py) to the model's vectors is learned from some passages of the
same vault that are embedded already.  So rough vectors lie in the model's own space, on its scale, and stand in the
same matrix until each is replaced by its own.  They cost some fiftieth of it.  Kept in memory alone: nothing is stored.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.catalog import passages_by_id
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.int8_rows import to_int8, to_unit
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.rows import embedded_text

_LESSONS = (256, 1024)
"""Passages to learn from: as soon as so many are embedded, and once more."""
_WORTH = 256
"""Fewer that wait are embedded before this would help anybody."""
_AT_ONCE = 32
"""Passages a step, some 4 ms."""
_RIDGE = 0.3

Floats = NDArray[np.float32]


class Rough:
    """The rough vectors of one matrix, made step by step.  Used from one thread."""

    def __init__(self, encoder: Encoder, matrix: Matrix) -> None:
        self._encoder, self._matrix = encoder, matrix
        self._map: NDArray[np.float32] | None = None
        self._learned = 0
        self._to_read: deque[int] = deque()
        self._squares: Floats = np.zeros((0, 0), np.float32)
        self._products: Floats = np.zeros((0, 0), np.float32)

    @property
    def waiting(self) -> bool:
        """Whether `step` has something to do."""
        return bool(self._to_read) or self._lesson > 0 or (self._map is not None and bool(self._matrix.bare))

    def step(self, catalog: sqlite3.Connection) -> None:
        """Raises sqlite3.DatabaseError for a damaged catalog."""
        if not self._to_read and (lesson := self._lesson):
            self._begin(lesson)
        elif self._to_read:
            self._read(catalog)
        elif self._map is not None:
            self._fill(catalog, self._map)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Rough unit vectors [n, dims] of texts, some 50 µs each; [0, dims] while none are known."""
        if self._map is None or not texts:
            return np.zeros((0, self._encoder.dims), np.float32)
        return to_unit(to_int8(self._guess(texts, self._map)))

    @property
    def _lesson(self) -> int:
        """How many passages to learn from now; 0 for none."""
        due = next((count for count in _LESSONS if count > self._learned), 0)
        matrix = self._matrix
        return due if matrix.bare + matrix.rough >= _WORTH and due <= len(matrix) - matrix.rough else 0

    def _begin(self, lesson: int) -> None:
        self._learned = lesson
        sketched = self._encoder.sketch(["a"]).shape[1]
        if sketched:
            self._to_read.extend(self._matrix.sample(lesson))
            self._squares = np.zeros((sketched + 1, sketched + 1), np.float32)
            self._products = np.zeros((sketched + 1, self._encoder.dims), np.float32)

    def _read(self, catalog: sqlite3.Connection) -> None:
        """Learn from some more passages, and after the last renew the map."""
        some = [self._to_read.popleft() for _ in range(min(_AT_ONCE, len(self._to_read)))]
        texts = self._texts(catalog, some)
        rows = {passage: row for passage in texts if (row := self._matrix.vector_of(passage)) is not None}
        if rows:
            inputs = self._inputs([texts[passage] for passage in rows])
            self._squares += inputs.T @ inputs
            self._products += inputs.T @ np.stack([*rows.values()])
        if not self._to_read:
            ridge = np.full(len(self._squares), _RIDGE, np.float32)
            ridge[-1] = 1e-3  # the mean is not held back
            self._map = np.linalg.solve(self._squares + np.diag(ridge), self._products).astype(np.float32)
            self._matrix.want_rough()

    def _fill(self, catalog: sqlite3.Connection, linear: NDArray[np.float32]) -> None:
        notes = self._matrix.take_bare(_AT_ONCE)
        if texts := self._texts(catalog, notes):
            rows = self._guess([*texts.values()], linear)
            self._matrix.put_rough({passage: notes[passage] for passage in texts}, rows)

    def _guess(self, texts: Sequence[str], linear: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._inputs(texts) @ linear

    def _texts(self, catalog: sqlite3.Connection, passages: Iterable[int]) -> dict[int, str]:
        return {row.id: embedded_text(row.passage) for row in passages_by_id(catalog, passages).values()}

    def _inputs(self, texts: Sequence[str]) -> Floats:
        """Sketches [n, d] with a column of ones: [n, d + 1]."""
        return np.column_stack([self._encoder.sketch(texts), np.ones(len(texts), np.float32)])
