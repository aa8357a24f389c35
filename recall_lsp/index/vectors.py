"""Embeddings on disk, one file a model, keyed by text hash; and the matrix that answers, a view of the catalog.

A vector is stored as int8, each scaled by its own largest component: cosine does not see the scale, and
384 dimensions take 384 bytes.  Search is exact (simsimd): some 4 ms over 50,000 passages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simsimd
from numpy.typing import NDArray

from recall_lsp.index.catalog import passage_keys
from recall_lsp.index.database import connect, immediate

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL UNIQUE, vector BLOB NOT NULL)"
)
_LOOKUP = 5000
_MEANS_AT_A_TIME = 500
_FREE = -1
_TYPICAL = 48
_AT_A_TIME = 8
_UNKNOWN_TYPICAL = 0.5
"""Of a vault whose notes have none beside them."""

Cosines = NDArray[np.float32]


def embeddings_path(folder: Path, model_id: str) -> Path:
    """Where an index keeps the vectors of one model."""
    return folder / f"vectors-{model_id}.db"


def open_embeddings(path: Path, *, write: bool) -> sqlite3.Connection:
    """The table of one model's vectors.  Raises FileNotFoundError for a reader where there is none yet."""
    connection = connect(path, write=write)
    if write:
        connection.execute(_SCHEMA)
    return connection


def put_embeddings(connection: sqlite3.Connection, hashes: Sequence[int], rows: NDArray[np.float32]) -> None:
    """Store unit rows [n, dims], one a hash, in one commit."""
    packed = to_int8(rows)
    with immediate(connection):
        connection.executemany(
            "INSERT OR IGNORE INTO vectors (hash, vector) VALUES (?, ?)",
            ((key, row.tobytes()) for key, row in zip(hashes, packed, strict=True)),
        )


def get_embeddings(connection: sqlite3.Connection, hashes: Iterable[int]) -> dict[int, bytes]:
    """int8 vectors, as bytes [dims], of those hashes that are there."""
    keys = list(hashes)
    found: dict[int, bytes] = {}
    for at in range(0, len(keys), _LOOKUP):
        wanted = ",".join(str(int(key)) for key in keys[at : at + _LOOKUP])
        rows = connection.execute(f"SELECT hash, vector FROM vectors WHERE hash IN ({wanted})")
        found.update(rows)
    return found


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


@dataclass(frozen=True, slots=True)
class Nearest:
    """Rows of the matrix, best first, with the vault's mean and deviation of the cosine for this query."""

    passages: NDArray[np.int64]
    notes: NDArray[np.int64]
    cosines: NDArray[np.float32]
    mean: float
    deviation: float


class Matrix:
    """The vectors of all passages [capacity, dims] int8 with slots that are used again, and each note's mean.

    A view: it follows the catalog by `apply` and the embedding table by `fill`; both are cheap for few changes.
    """

    def __init__(self, embeddings: sqlite3.Connection, dims: int) -> None:
        self._embeddings = embeddings
        self._rows = _Rows(dims)
        self._means = _Rows(dims)
        self._slots: dict[int, list[int]] = {}
        self._waiting: dict[int, list[tuple[int, int]]] = {}
        self._waiting_of: dict[int, list[int]] = {}
        self._filled = _last_id(embeddings)
        self._counted, self._typical = 0, _UNKNOWN_TYPICAL

    def __len__(self) -> int:
        return len(self._rows)

    def apply(self, catalog: sqlite3.Connection, changed: Sequence[int], removed: Iterable[int]) -> None:
        """Forget the notes `removed` and take those `changed` anew from the catalog."""
        for note in (*changed, *removed):
            self._rows.free(self._slots.pop(note, []))
            self._means.remove(note)
            for key in self._waiting_of.pop(note, ()):
                self._waiting[key] = [pair for pair in self._waiting[key] if pair[1] != note]
                if not self._waiting[key]:
                    del self._waiting[key]
        keys = passage_keys(catalog, changed)
        known = get_embeddings(self._embeddings, {key for _, _, key in keys})
        self._put([(passage, note, known[key]) for passage, note, key in keys if key in known])
        for passage, note, key in keys:
            if key not in known:
                self._waiting.setdefault(key, []).append((passage, note))
                self._waiting_of.setdefault(note, []).append(key)
        self._set_means(changed)

    def fill(self, limit: int = 1000) -> bool:
        """Take up to `limit` vectors that have come into the table since; True when there may be more."""
        rows = self._embeddings.execute(
            "SELECT id, hash, vector FROM vectors WHERE id > ? ORDER BY id LIMIT ?", (self._filled, limit)
        ).fetchall()
        came: list[tuple[int, int, bytes]] = []
        for self._filled, key, blob in rows:
            for passage, note in self._waiting.pop(key, ()):
                came.append((passage, note, blob))
                self._waiting_of[note] = [other for other in self._waiting_of[note] if other != key]
        self._put(came)
        self._set_means(list(dict.fromkeys(note for _, note, _ in came)))
        return len(rows) == limit

    def _put(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """Passages, their notes and vectors."""
        for (_, note, _), slot in zip(rows, self._rows.add(rows), strict=True):
            self._slots.setdefault(note, []).append(slot)

    def _set_means(self, notes: Sequence[int]) -> None:
        for note in notes:
            self._means.remove(note)
        filled = [note for note in notes if self._slots.get(note)]
        for at in range(0, len(filled), _MEANS_AT_A_TIME):
            some = filled[at : at + _MEANS_AT_A_TIME]
            rows = to_unit(self._rows.vectors[[slot for note in some for slot in self._slots[note]]])
            starts = np.cumsum([0, *(len(self._slots[note]) for note in some)])[:-1]
            # The mean's length does not matter to a cosine: the sum will do.
            means = to_int8(np.add.reduceat(rows, starts))
            self._means.add([(note, note, mean.tobytes()) for note, mean in zip(some, means, strict=True)])

    def nearest(self, query: NDArray[np.float32], top: int) -> Nearest:
        """The `top` passages by cosine to one unit vector [dims]."""
        return self._rows.nearest(query, top)

    def nearest_notes(self, query: NDArray[np.float32], top: int) -> Nearest:
        """The `top` notes by cosine of their mean vector; `passages` holds note ids here."""
        return self._means.nearest(query, top)

    def best_of(self, notes: NDArray[np.int64], query: NDArray[np.float32]) -> tuple[NDArray[np.int64], Cosines]:
        """Each note's passage nearest to a unit vector [dims], and the cosine; -1 for a note without vectors."""
        slots = [self._slots.get(note, ()) for note in notes.tolist()]
        counts = np.array([len(some) for some in slots], np.intp)
        passages, cosines = np.full(len(notes), _FREE, np.int64), np.full(len(notes), -1.0, np.float32)
        flat = np.array([slot for some in slots for slot in some], np.intp)
        if len(flat):
            near = _cosines(query[None, :], self._rows.vectors[flat])[0]
            owners = np.repeat(np.arange(len(notes)), counts)
            # Each note's best comes last, and of the same the first passage: what is set last stays.
            order = np.lexsort((-self._rows.keys[flat], near, owners))
            passages[owners[order]], cosines[owners[order]] = self._rows.keys[flat[order]], near[order]
        return passages, cosines

    def row_of(self, passage: int) -> NDArray[np.int8] | None:
        """The int8 vector [dims] of one passage."""
        return self._rows.get(passage)

    def vector_of(self, passage: int) -> NDArray[np.float32] | None:
        """The unit vector [dims] of one passage."""
        row = self._rows.get(passage)
        return None if row is None else to_unit(row[None, :])[0]

    def mean_cosines(self, notes: NDArray[np.int64], queries: NDArray[np.float32]) -> Cosines:
        """Cosines [m, n] of unit vectors [m, dims] to the notes' mean vectors; 0 for a note without vectors."""
        slots = self._means.slots_of(notes.tolist())
        cosines = _cosines(queries, self._means.vectors[slots])
        cosines[:, slots == _FREE] = 0.0
        return cosines

    @property
    def centre(self) -> NDArray[np.float32]:
        """The mean direction [dims] of all passages: near it is what could stand anywhere in this vault."""
        total = self._rows.total.astype(np.float64)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)

    def typical(self) -> float:
        """How near a passage of this vault has its nearest one in another note: the mean cosine over some of them.

        Counted anew only when a tenth of the passages has come or gone: it costs the search of 48 passages.
        """
        if abs(len(self) - self._counted) > 0.1 * self._counted:
            self._counted, self._typical = len(self), self._rows.mean_nearest(_TYPICAL)
        return self._typical


def _cosines(queries: NDArray[np.float32], rows: NDArray[np.int8]) -> Cosines:
    """[m, n] of unit vectors [m, dims] to the rows [n, dims] of a matrix."""
    distances = simsimd.cdist(to_int8(queries), rows, metric="cosine")
    return 1.0 - np.asarray(distances, np.float32).reshape(len(queries), len(rows))


def _last_id(embeddings: sqlite3.Connection) -> int:
    return int(embeddings.execute("SELECT coalesce(max(id), 0) FROM vectors").fetchone()[0])


class _Rows:
    """A growing int8 matrix with a key and a note for each row, and one over the row's length (0: a free row)."""

    def __init__(self, dims: int) -> None:
        self.vectors: NDArray[np.int8] = np.zeros((0, dims), np.int8)
        self.keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self.notes: NDArray[np.int64] = np.zeros(0, np.int64)
        self._scales: NDArray[np.float32] = np.zeros(0, np.float32)
        self.total: NDArray[np.int64] = np.zeros(dims, np.int64)
        self._used = 0
        self._free: list[int] = []
        self._slot_of: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._slot_of)

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
        self._slot_of.update(zip(keys, slots, strict=True))
        return slots

    def free(self, slots: Iterable[int]) -> None:
        for slot in slots:
            self._slot_of.pop(int(self.keys[slot]), None)
            self.total -= self.vectors[slot]
            self.vectors[slot], self.keys[slot], self.notes[slot], self._scales[slot] = 0, _FREE, _FREE, 0
            self._free.append(slot)

    def remove(self, key: int) -> None:
        if key in self._slot_of:
            self.free([self._slot_of[key]])

    def get(self, key: int) -> NDArray[np.int8] | None:
        slot = self._slot_of.get(key)
        return None if slot is None else self.vectors[slot]

    def slots_of(self, keys: Sequence[int]) -> NDArray[np.intp]:
        """The row of each key, -1 where there is none."""
        return np.fromiter((self._slot_of.get(key, _FREE) for key in keys), np.intp, len(keys))

    def nearest(self, query: NDArray[np.float32], top: int) -> Nearest:
        if not self._slot_of:
            none = np.zeros(0, np.int64)
            return Nearest(none, none, np.zeros(0, np.float32), 0.0, 1.0)
        # Whole numbers, so exact; the lengths are known, and simsimd's own cosine would count them out again.
        asked = to_int8(query[None, :])
        products = simsimd.cdist(asked, self.vectors[: self._used], metric="dot")
        cosines = np.asarray(products, np.float32)[0] * self._scales[: self._used]
        cosines /= max(float(np.linalg.norm(asked.astype(np.float32))), 1e-6)
        known = cosines
        if self._free:
            taken = self.notes[: self._used] != _FREE
            known = cosines[taken]
            cosines[~taken] = -1.0
        top = min(top, len(self._slot_of))
        best = np.argpartition(-cosines, top - 1)[:top]
        # Ties break by key, so that the same index gives the same order.
        best = best[np.lexsort((self.keys[best], -cosines[best]))]
        return Nearest(self.keys[best], self.notes[best], cosines[best], float(known.mean()), float(known.std()) or 1.0)

    def mean_nearest(self, count: int) -> float:
        """Mean cosine of `count` evenly taken rows to the nearest row of another note."""
        slots = np.array(sorted(self._slot_of.values(), key=lambda slot: int(self.keys[slot])), np.intp)
        if not len(slots) or len(np.unique(self.notes[slots])) < 2:
            return _UNKNOWN_TYPICAL
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
        have = len(self.keys)
        if rows <= have:
            return
        more = max(rows - have, 1024, have // 2)
        self.vectors = np.concatenate([self.vectors, np.zeros((more, self.vectors.shape[1]), np.int8)])
        self.keys = np.concatenate([self.keys, np.full(more, _FREE, np.int64)])
        self.notes = np.concatenate([self.notes, np.full(more, _FREE, np.int64)])
        self._scales = np.concatenate([self._scales, np.zeros(more, np.float32)])
