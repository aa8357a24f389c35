"""Which note links to which, followed note by note: a name's owners and a name's mentions, resolved when asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recall_lsp.notes.resolve import nearest

Keys = tuple[str, ...]


class Graph:
    """Notes by the names they answer to, and by the names they mention.  Cost of a change: that note's own links."""

    def __init__(self) -> None:
        self._paths: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._names: dict[int, Keys] = {}
        self._links: dict[int, tuple[Keys, ...]] = {}
        self._owners: dict[str, set[int]] = {}
        self._mentions: dict[str, set[int]] = {}
        self._outlinks: dict[int, frozenset[int]] = {}
        self._backlinks: dict[int, frozenset[int]] = {}

    def put(self, note: int, path: str, names: Keys, links: Iterable[Keys]) -> None:
        """Add or replace a note: the names it answers to and, for each of its links, the names to try."""
        self.remove(note)
        self._paths[note], self._ids[path] = path, note
        self._names[note], self._links[note] = names, tuple(dict.fromkeys(links))
        for name in names:
            self._owners.setdefault(name, set()).add(note)
        for keys in self._links[note]:
            for key in keys:
                self._mentions.setdefault(key, set()).add(note)
        self._forget_resolved()

    def remove(self, note: int) -> None:
        if note not in self._paths:
            return
        self._ids.pop(self._paths.pop(note), None)
        _discard(self._owners, self._names.pop(note), note)
        for keys in self._links.pop(note):
            _discard(self._mentions, keys, note)
        self._forget_resolved()

    def resolve(self, keys: Sequence[str], source: str) -> int | None:
        """The note that a link in `source` with these names means; the nearest where several answer."""
        for key in keys:
            owners = self._owners.get(key)
            if owners:
                if len(owners) == 1:
                    return next(iter(owners))
                return self._ids[nearest([self._paths[owner] for owner in owners], source)]
        return None

    def owners(self, key: str) -> frozenset[int]:
        return frozenset(self._owners.get(key, ()))

    def outlinks(self, note: int) -> frozenset[int]:
        """The notes that `note` links to (not itself)."""
        if note not in self._outlinks:
            path = self._paths.get(note, "")
            found = {self.resolve(keys, path) for keys in self._links.get(note, ())}
            self._outlinks[note] = frozenset(target for target in found if target is not None and target != note)
        return self._outlinks[note]

    def backlinks(self, note: int) -> frozenset[int]:
        """The notes that link to `note`."""
        if note not in self._backlinks:
            mentioning = {source for name in self._names.get(note, ()) for source in self._mentions.get(name, ())}
            self._backlinks[note] = frozenset(source for source in mentioning if note in self.outlinks(source))
        return self._backlinks[note]

    def _forget_resolved(self) -> None:
        self._outlinks.clear()
        self._backlinks.clear()


def _discard(index: dict[str, set[int]], keys: Keys, note: int) -> None:
    for key in keys:
        held = index.get(key)
        if held is not None:
            held.discard(note)
            if not held:
                del index[key]
