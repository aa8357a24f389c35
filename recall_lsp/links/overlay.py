"""The graph of notes with some of them replaced: by what an editor holds unsaved, or by what a rename would make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from recall_lsp.index.graph import Graph
from recall_lsp.notes.model import Link
from recall_lsp.notes.resolve import link_keys, nearest


@dataclass(frozen=True, slots=True)
class Named:
    """A note by the names it answers to and the names that its links try."""

    path: str
    names: tuple[str, ...]
    mentions: frozenset[str] = frozenset()


class Overlay:
    """Costs the notes replaced, not the vault.  `hidden` are ids of `graph` that count no more."""

    def __init__(self, graph: Graph, hidden: Collection[int], put: Iterable[Named]) -> None:
        self.graph = graph
        self.hidden = frozenset(hidden)
        self.put = tuple(put)
        self._owners: dict[str, set[str]] = {}
        for note in self.put:
            for name in note.names:
                self._owners.setdefault(name, set()).add(note.path)

    def owners(self, key: str) -> set[str]:
        """The paths of the notes that answer to a name."""
        known = {self.graph.path(note) for note in self.graph.owners(key) - self.hidden}
        return known | self._owners.get(key, set())

    def mentioning(self, keys: Iterable[str]) -> set[str]:
        """The paths of the notes with a link that tries one of these names."""
        wanted = tuple(keys)
        found = {self.graph.path(note) for key in wanted for note in self.graph.mentioning(key) - self.hidden}
        # Asked of each note in turn: to join what they mention would cost all their links at each question.
        return found | {note.path for note in self.put if not note.mentions.isdisjoint(wanted)}

    def follow(self, keys: Sequence[str], source: str) -> tuple[str, str] | None:
        """The note that a link in `source` with these names means, and the name by which it was found."""
        for key in keys:
            if owners := self.owners(key):
                return (owners.pop() if len(owners) == 1 else nearest(owners, source)), key
        return None

    def resolve(self, link: Link, source: str) -> str | None:
        """The path of the note that a link in `source` means."""
        if not link.target and link.kind != "block":
            return source
        found = self.follow(link_keys(link, source), source)
        return found[0] if found else None
