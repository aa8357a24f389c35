"""Which note links to which, followed note by note: a name's owners and a name's mentions, resolved when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.arrays import with_room
from recall_lsp.notes.resolve import nearest, opening

Keys = tuple[str, ...]
Multimap = dict[str, int | set[int]]
"""Most names have one owner: a set for each would take ten times the memory of all the names."""
_UNKNOWN = -1


class Degrees:
    """How many links notes have, as an array by note id: hundreds are asked for at once, few change at a time."""

    def __init__(self, links: Callable[[int], Collection[int]]) -> None:
        self._links = links
        self._known: NDArray[np.int32] = np.zeros(0, np.int32)

    def of(self, notes: NDArray[np.int64]) -> NDArray[np.int32]:
        """The degree of each note id [n]; those not known yet are counted."""
        self._known = with_room(self._known, int(notes.max(initial=0)) + 1, _UNKNOWN)
        degrees: NDArray[np.int32] = self._known[notes]
        if (missing := np.flatnonzero(degrees == _UNKNOWN)).size:
            some = notes[missing]
            self._known[some] = degrees[missing] = [len(self._links(note)) for note in some.tolist()]
        return degrees

    def forget(self, note: int) -> None:
        if note < len(self._known):
            self._known[note] = _UNKNOWN


class Graph:
    """Notes by the names they answer to, and by the names they mention.  Cost of a change: that note's own links."""

    def __init__(self) -> None:
        self._paths: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._names: dict[int, Keys] = {}
        self._links: dict[int, tuple[Keys, ...]] = {}
        self._owners: Multimap = {}
        self._openings: Counter[str] = Counter()
        self._mentions: Multimap = {}
        self._outlinks: dict[int, frozenset[int]] = {}
        self._backlinks: dict[int, frozenset[int]] = {}
        self.in_degrees = Degrees(self.backlinks)
        self.out_degrees = Degrees(self.outlinks)

    def put(self, note: int, path: str, names: Keys, links: Iterable[Keys]) -> None:
        """Add or replace a note: the names it answers to and, for each of its links, the names to try."""
        same = self._paths.get(note) == path and self._names.get(note) == names
        self._drop(note, by_name=not same)
        self._paths[note], self._ids[path] = path, note
        self._names[note], self._links[note] = names, tuple(dict.fromkeys(links))
        for name in names:
            _add(self._owners, name, note)
            self._openings[opening(name)] += 1
        for keys in self._links[note]:
            for key in keys:
                _add(self._mentions, key, note)
        self._forget_resolved(note, by_name=not same)

    def remove(self, note: int) -> None:
        self._drop(note, by_name=True)

    def _drop(self, note: int, *, by_name: bool) -> None:
        if note not in self._paths:
            return
        self._forget_resolved(note, by_name=by_name)
        self._ids.pop(self._paths.pop(note), None)
        for name in self._names.pop(note):
            _discard(self._owners, name, note)
            self._openings[opening(name)] -= 1
        for keys in self._links.pop(note):
            for key in keys:
                _discard(self._mentions, key, note)

    def resolve(self, keys: Sequence[str], source: str) -> int | None:
        """The note that a link in `source` with these names means; the nearest where several answer."""
        for key in keys:
            owners = self._owners.get(key)
            if isinstance(owners, int):
                return owners
            if owners:
                return self._ids[nearest([self._paths[owner] for owner in owners], source)]
        return None

    def owners(self, key: str) -> frozenset[int]:
        return frozenset(_held(self._owners, key))

    def only_owner(self, key: str) -> int | None:
        """The one note of this name; None for a name of none or of several."""
        held = self._owners.get(key)
        if isinstance(held, set):
            return next(iter(held)) if len(held) == 1 else None
        return held

    def opens(self, words: str) -> bool:
        """Whether a title or alias begins with two words (see `opening`)."""
        return self._openings.get(words, 0) > 0

    def mentioning(self, key: str) -> frozenset[int]:
        """The notes with a link that tries this name."""
        return frozenset(_held(self._mentions, key))

    def path(self, note: int) -> str:
        return self._paths[note]

    def names(self, note: int) -> Keys:
        """The names that a note answers to."""
        return self._names.get(note, ())

    def outlinks(self, note: int) -> frozenset[int]:
        """The notes that `note` links to (not itself)."""
        known = self._outlinks.get(note)
        if known is None:
            path = self._paths.get(note, "")
            found = {self.resolve(keys, path) for keys in self._links.get(note, ())}
            known = frozenset(target for target in found if target is not None and target != note)
            self._outlinks[note] = known
        return known

    def backlinks(self, note: int) -> frozenset[int]:
        """The notes that link to `note`."""
        known = self._backlinks.get(note)
        if known is None:
            mentioning = {source for name in self._names.get(note, ()) for source in _held(self._mentions, name)}
            known = frozenset(source for source in mentioning if note in self.outlinks(source))
            self._backlinks[note] = known
        return known

    def _forget_resolved(self, note: int, *, by_name: bool) -> None:
        """Forget what a change of `note` can touch: its links and, `by_name`, those of all that mention its names."""
        if not self._outlinks and not self._backlinks:
            return
        touched = {note}
        if by_name:
            self._forget_backlinks(note)
            touched.update(source for name in self._names[note] for source in _held(self._mentions, name))
        for source in touched:
            self._outlinks.pop(source, None)
            self.out_degrees.forget(source)
            for keys in self._links[source]:
                for key in keys:
                    for owner in _held(self._owners, key):
                        self._forget_backlinks(owner)

    def _forget_backlinks(self, note: int) -> None:
        self._backlinks.pop(note, None)
        self.in_degrees.forget(note)


def _add(index: Multimap, key: str, note: int) -> None:
    held = index.get(key)
    if held is None:
        index[key] = note
    elif isinstance(held, set):
        held.add(note)
    elif held != note:
        index[key] = {held, note}


def _discard(index: Multimap, key: str, note: int) -> None:
    held = index.get(key)
    if held == note:
        del index[key]
    elif isinstance(held, set):
        held.discard(note)
        if not held:
            del index[key]


def _held(index: Multimap, key: str) -> Collection[int]:
    held = index.get(key, ())
    return (held,) if isinstance(held, int) else held
