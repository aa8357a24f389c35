"""The matrix that answers by meaning: the vectors of all passages in memory, a view of the catalog.

Search is exact: some 4 ms over 50,000 passages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.catalog import passage_keys
from recall_lsp.index.int8_rows import FREE, UNKNOWN_TYPICAL, Cosines, Nearest, Rows, cosines_to, to_int8, to_unit
from recall_lsp.index.vectors import get_embeddings

_MEANS_AT_A_TIME = 500
_TYPICAL = 48


class Matrix:
    """The vectors of all passages [capacity, dims] int8 with slots that are used again, and each note's mean.

    A view: it follows the catalog by `apply` and the embedding table by `fill`; both are cheap for few changes.
    What is not embedded yet waits, bare or with a rough vector (rough.py).
    """

    def __init__(self, embeddings: sqlite3.Connection, dims: int) -> None:
        self._embeddings = embeddings
        self._rows = Rows(dims)
        self._means = Rows(dims)
        self._slots: dict[int, list[int]] = {}
        self._waiting: dict[int, list[tuple[int, int]]] = {}
        self._waiting_of: dict[int, list[int]] = {}
        self._bare: dict[int, int] = {}
        self._rough: set[int] = set()
        self._filled = _last_id(embeddings)
        self._counted, self._typical = (0, 0), UNKNOWN_TYPICAL

    def __len__(self) -> int:
        """Passages with a vector, rough ones counted."""
        return len(self._rows)

    @property
    def rough(self) -> int:
        """Passages with a rough vector."""
        return len(self._rough)

    @property
    def bare(self) -> int:
        """Passages that want a rough vector, or a better one."""
        return len(self._bare)

    @property
    def tells(self) -> bool:
        """Whether at least half of the passages have a vector: those of a few alone mislead (bench/rough.py)."""
        return len(self._rows) >= len(self._bare)

    def apply(self, catalog: sqlite3.Connection, changed: Sequence[int], removed: Iterable[int]) -> None:
        """Forget the notes `removed` and take those `changed` anew from the catalog."""
        for note in (*changed, *removed):
            self._rows.free(self._slots.pop(note, []))
            self._means.remove(note)
            for key in self._waiting_of.pop(note, ()):
                for passage, _ in [pair for pair in self._waiting[key] if pair[1] == note]:
                    self._bare.pop(passage, None)
                    self._rough.discard(passage)
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
                self._bare[passage] = note
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

    def sample(self, count: int) -> list[int]:
        """At most `count` passages that are embedded, evenly taken."""
        known = sorted(set(self._rows.known().tolist()) - self._rough)
        return known[:: max(1, len(known) // count)][:count]

    def take_bare(self, count: int) -> dict[int, int]:
        """At most `count` passages that wait, with their notes: to be given a rough vector, or none."""
        return {passage: self._bare.pop(passage) for passage in list(islice(self._bare, count))}

    def put_rough(self, notes: Mapping[int, int], rows: NDArray[np.float32]) -> None:
        """Vectors [n, dims] of any length, of passages that wait [n] and their notes."""
        self._put([(*pair, row.tobytes()) for pair, row in zip(notes.items(), to_int8(rows), strict=True)])
        self._rough.update(notes)
        self._set_means(list(dict.fromkeys(notes.values())))

    def want_rough(self) -> None:
        """Have all passages that wait taken again: they can be given better vectors."""
        self._bare = {passage: note for pairs in self._waiting.values() for passage, note in pairs}

    def _put(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """Passages, their notes and vectors, in the place of rough ones."""
        for passage, note, _ in rows:
            self._bare.pop(passage, None)
            if passage in self._rough:
                self._rough.discard(passage)
                (slot,) = self._rows.slots_of([passage]).tolist()
                self._rows.free([slot])
                self._slots[note].remove(slot)
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
        passages, cosines = np.full(len(notes), FREE, np.int64), np.full(len(notes), -1.0, np.float32)
        flat = self._rows.slots_of_notes(notes)
        if len(flat):
            near = cosines_to(query[None, :], self._rows.vectors[flat])[0]
            ascending = np.argsort(notes)
            owners = ascending[np.searchsorted(notes, self._rows.notes[flat], sorter=ascending)]
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
        slots = self._means.slots_of(notes)
        cosines = cosines_to(queries, self._means.vectors[slots])
        cosines[:, slots == FREE] = 0.0
        return cosines

    @property
    def centre(self) -> NDArray[np.float32]:
        """The mean direction [dims] of all passages: near it is what could stand anywhere in this vault."""
        total = self._rows.total.astype(np.float64)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)

    def typical(self) -> float:
        """How near a passage of this vault has its nearest one in another note: the mean cosine over some of them.

        Counted anew only when a tenth of the passages has come, gone or been embedded, and when the last is: it costs
        the search of 48 passages.
        """
        passages, rough = self._counted
        changed = abs(len(self) - passages) + abs(self.rough - rough)
        if changed > 0.1 * passages or (rough and not self.rough):
            self._counted, self._typical = (len(self), self.rough), self._rows.mean_nearest(_TYPICAL)
        return self._typical


def _last_id(embeddings: sqlite3.Connection) -> int:
    return int(embeddings.execute("SELECT coalesce(max(id), 0) FROM vectors").fetchone()[0])
