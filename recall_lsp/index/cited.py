"""Which notes a passage links to: read from the catalog note by note, ahead or when first asked for, and remembered."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from recall_lsp.index.catalog import note_by_id, passage_ids, passages_of
from recall_lsp.index.graph import Graph, Keys
from recall_lsp.notes.resolve import link_keys

_ByPassage = Mapping[int, Sequence[Keys]]
"""{passage: the names that each link in it tries}"""

_AHEAD = 20_000
"""Notes read before anyone asks, so that no question waits for the forty that it meets first, 7 ms: 9,000 of them take
3 MB, and 3 s of the time in which nobody asks."""
_AT_ONCE = 16


class Cited:
    """Links by the passage they stand in.

    Most notes are one passage, and the graph knows their links.  The first look at another costs some 0.3 ms.
    """

    def __init__(self) -> None:
        self._notes: dict[int, _ByPassage | None] = {}
        self._waiting: dict[int, None] = {}

    @property
    def waiting(self) -> bool:
        """Whether `read_ahead` has something to do."""
        return bool(self._waiting)

    def forget(self, notes: Iterable[int]) -> None:
        """Of notes that have changed or gone."""
        for note in notes:
            self._notes.pop(note, None)
            self._waiting.pop(note, None)

    def expect(self, notes: Iterable[int]) -> None:
        """Notes with links that may be asked about."""
        room = _AHEAD - len(self._notes) - len(self._waiting)
        self._waiting.update(dict.fromkeys(islice(notes, max(room, 0))))

    def read_ahead(self, catalog: sqlite3.Connection) -> None:
        """Some of the expected notes, a few ms of them, so that no question waits for all."""
        some = list(islice(self._waiting, _AT_ONCE))
        for note in some:
            del self._waiting[note]
        self._read(catalog, [note for note in some if note not in self._notes])

    def by(
        self, catalog: sqlite3.Connection, graph: Graph, passages: Sequence[int], notes: Sequence[int]
    ) -> list[frozenset[int]]:
        """What each of the passages [n] links to, of the notes [n] that they stand in."""
        self._read(catalog, [note for note in dict.fromkeys(notes) if note not in self._notes])
        found = []
        for passage, note in zip(passages, notes, strict=True):
            by_passage = self._notes[note]
            if by_passage is None:
                found.append(graph.outlinks(note))
                continue
            links = by_passage.get(passage, ())
            path = graph.path(note) if links else ""
            targets = {graph.resolve(keys, path) for keys in links}
            found.append(frozenset(target for target in targets if target is not None and target != note))
        return found

    def _read(self, catalog: sqlite3.Connection, notes: Sequence[int]) -> None:
        ids = passage_ids(catalog, notes) if notes else {}
        for note in notes:
            self._notes[note] = _by_passage(catalog, note) if len(ids.get(note, ())) > 1 else None


def _by_passage(catalog: sqlite3.Connection, note: int) -> _ByPassage:
    row, passages = note_by_id(catalog, note), passages_of(catalog, [note])
    found: dict[int, list[Keys]] = {}
    if row is not None and passages:
        starts = [passage.passage.span.start for passage in passages]
        for link in row.links:
            # What stands in no passage, as a list of links alone may, belongs to the one before.
            at = max(bisect_right(starts, link.span.start) - 1, 0)
            found.setdefault(passages[at].id, []).append(link_keys(link, row.path))
    return found
