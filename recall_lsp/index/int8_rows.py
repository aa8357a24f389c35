"""int8 vectors in memory, one a key, in slots that are used again; searched exactly (simsimd)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import simsimd
from numpy.typing import NDArray

from recall_lsp.index.arrays import with_room

FREE = -1
UNKNOWN_TYPICAL = 0.5
"""Of a vault whose notes have none beside them."""
_AT_A_TIME = 8

Cosines = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Rows of the matrix, best first, with the vault's mean and deviation of the cosine for this query."""

    passages: NDArray[np.int64]
    notes: NDArray[np.int64]
    cosines: NDArray[np.float32]
    mean: float
    deviation: float


def to_int8(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """[n, dims] scaled row by row to -127..127."""
    peaks = np.abs(rows).max(axis=1, keepdims=True, initial=1e-12)
    scaled: NDArray[np.int8] = np.rint(rows * (127.0 / peaks)).astype(np.int8)
    return scaled


def to_unit(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    """[n, dims] back to unit length (a row of zeros stays zero)."""
    floats = rows.astype(np.float32)
    units: NDArray[np.float32] = floats / np.maximum(np.linalg.norm(floats, axis=1, keepdims=True), 1e-12)
    return units


def cosines_to(queries: NDArray[np.float32], rows: NDArray[np.int8]) -> Cosines:
    """[m, n] of unit vectors [m, dims] to the rows [n, dims] of a matrix."""
    distances = simsimd.cdist(to_int8(queries), rows, metric="cosine")
    return 1.0 - np.asarray(distances, np.float32).reshape(len(queries), len(rows))


class Rows:
    """A growing int8 matrix with a key and a note for each row, and one over the row's length (0: a free row)."""

    def __init__(self, dims: int) -> None:
        self.vectors: NDArray[np.int8] = np.zeros((0, dims), np.int8)
        self.keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self.notes: NDArray[np.int64] = np.zeros(0, np.int64)
        self._scales: NDArray[np.float32] = np.zeros(0, np.float32)
        self.total: NDArray[np.int64] = np.zeros(dims, np.int64)
        self._used = 0
        self._free: list[int] = []
        self._slot_of: NDArray[np.int32] = np.zeros(0, np.int32)
        """By key, FREE where there is none: keys ascend from 1, and an array answers for hundreds at once."""

    def __len__(self) -> int:
        return self._used - len(self._free)

    def add(self, rows: Sequence[tuple[int, int, bytes]]) -> list[int]:
        """The slots that keys, notes and int8 vectors [dims] were put into."""
        if not rows:
            return []
        keys, notes, vectors = zip(*rows, strict=True)
        again = [self._free.pop() for _ in range(min(len(rows), len(self._free)))]
        more = len(rows) - len(again)
        slots = again + list(range(self._used, self._used + more))
        self._used += more
        self._grow(self._used)
        self.vectors[slots] = np.frombuffer(b"".join(vectors), np.int8).reshape(len(rows), -1)
        self.keys[slots], self.notes[slots] = keys, notes
        self.total += self.vectors[slots].sum(axis=0, dtype=np.int64)
        lengths = np.linalg.norm(self.vectors[slots].astype(np.float32), axis=1)
        self._scales[slots] = 1.0 / np.maximum(lengths, 1e-6)
        self._slot_of = with_room(self._slot_of, max(keys) + 1, FREE)
        self._slot_of[list(keys)] = slots
        return slots

    def free(self, slots: Iterable[int]) -> None:
        for slot in slots:
            self._slot_of[self.keys[slot]] = FREE
            self.total -= self.vectors[slot]
            self.vectors[slot], self.keys[slot], self.notes[slot], self._scales[slot] = 0, FREE, FREE, 0
            self._free.append(slot)

    def remove(self, key: int) -> None:
        self.free(slot for slot in self.slots_of([key]).tolist() if slot != FREE)

    def known(self) -> NDArray[np.int64]:
        """The keys that have a row, in no order."""
        keys = self.keys[: self._used]
        known: NDArray[np.int64] = keys[keys != FREE]
        return known

    def get(self, key: int) -> NDArray[np.int8] | None:
        slot = self._slot_of[key] if key < len(self._slot_of) else FREE
        return None if slot == FREE else self.vectors[slot]

    def slots_of(self, keys: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int32]:
        """The row of each key, FREE where there is none."""
        wanted = np.asarray(keys, np.int64)
        inside = wanted < len(self._slot_of)
        slots = np.full(len(wanted), FREE, np.int32)
        slots[inside] = self._slot_of[wanted[inside]]
        return slots

    def slots_of_notes(self, notes: NDArray[np.int64]) -> NDArray[np.intp]:
        """All rows of some notes, in the order of the rows."""
        wanted = np.zeros(int(self.notes.max(initial=0)) + 2, bool)  # the last stands for FREE
        wanted[notes[notes < len(wanted) - 1]] = True
        return np.flatnonzero(wanted[self.notes[: self._used]])

    def nearest(self, query: NDArray[np.float32], top: int) -> Nearest:
        if not len(self):
            none = np.zeros(0, np.int64)
            return Nearest(none, none, np.zeros(0, np.float32), 0.0, 1.0)
        # Whole numbers, so exact; the lengths are known, and simsimd's own cosine would count them out again.
        asked = to_int8(query[None, :])
        products = simsimd.cdist(asked, self.vectors[: self._used], metric="dot")
        cosines = np.asarray(products, np.float32)[0] * self._scales[: self._used]
        cosines /= max(float(np.linalg.norm(asked.astype(np.float32))), 1e-6)
        known = cosines
        if self._free:
            taken = self.notes[: self._used] != FREE
            known = cosines[taken]
            cosines[~taken] = -1.0
        top = min(top, len(self))
        best = np.argpartition(-cosines, top - 1)[:top]
        # Ties break by key, so that the same index gives the same order.
        best = best[np.lexsort((self.keys[best], -cosines[best]))]
        return Nearest(self.keys[best], self.notes[best], cosines[best], float(known.mean()), float(known.std()) or 1.0)

    def mean_nearest(self, count: int) -> float:
        """Mean cosine of `count` evenly taken rows to the nearest row of another note."""
        slots = self.slots_of(np.sort(self.known()))
        if not len(slots) or len(np.unique(self.notes[slots])) < 2:
            return UNKNOWN_TYPICAL
        some = slots[np.unique(np.linspace(0, len(slots) - 1, count).astype(np.intp))]
        nearest: list[float] = []
        for at in range(0, len(some), _AT_A_TIME):
            asked = some[at : at + _AT_A_TIME]
            products = simsimd.cdist(self.vectors[asked], self.vectors[: self._used], metric="dot")
            cosines = np.asarray(products, np.float32) * self._scales[: self._used] * self._scales[asked, None]
            cosines[self.notes[asked, None] == self.notes[: self._used]] = -1.0
            nearest += cosines.max(axis=1).tolist()
        return float(np.mean(nearest))

    def _grow(self, rows: int) -> None:
        self.vectors = with_room(self.vectors, rows, 0)
        self.keys, self.notes = with_room(self.keys, rows, FREE), with_room(self.notes, rows, FREE)
        self._scales = with_room(self._scales, rows, 0)
