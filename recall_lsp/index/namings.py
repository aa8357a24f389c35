"""Names of notes by the stems of their words, so that the words just typed tell which note they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recall_lsp.index.phrase_words import forms_of
from recall_lsp.index.rows import Entry
from recall_lsp.notes.read import stem_of

LONGEST = 8
"""Words of a name; longer ones are not looked for."""
_HEADING_WORDS = 2
_AT_ONCE = 80

Kind = Literal["title", "alias", "heading"]


@dataclass(frozen=True, slots=True)
class Naming:
    """`name` is what a note is called, or with the kind "heading" a section of it."""

    note: int
    name: str
    kind: Kind


class Namings:
    """All names of a vault, by a hash of their stems: a name itself is read off its note's entry again."""

    def __init__(self) -> None:
        self._seen: dict[int, Entry] = {}
        self._notes: dict[int, tuple[int, ...]] = {}
        self._waiting: list[int] = []
        self._language = ""
        self._revision = -1

    @property
    def waiting(self) -> bool:
        """Whether it was asked, and has not taken in all names that there were."""
        return bool(self._waiting)

    def follow(self, entries: Mapping[int, Entry], language: str, revision: int) -> None:
        """Take in some changed entries, a few ms of them, so that no question waits for all.

        `language` is that of notes which tell none, `revision` the entries' own.
        """
        if revision != self._revision or language != self._language:
            for note in [note for note in self._seen if note not in entries]:
                self._remove(note)
            if language != self._language:
                self._seen, self._notes, self._language = {}, {}, language
            self._waiting = [note for note, entry in entries.items() if self._seen.get(note) is not entry]
            self._revision = revision
        some = self._waiting[-_AT_ONCE:]
        del self._waiting[-_AT_ONCE:]
        for note in some:
            self._remove(note)
            self._put(entries[note])

    def named(self, stems: Sequence[str]) -> list[Naming]:
        """What these words name, titles first, then aliases, then headings; the least note id first."""
        key = tuple(stems)
        notes = self._notes.get(hash(key), ())
        found = [_names(self._seen[note], self._language).get(key) for note in notes]
        return sorted(filter(None, found), key=lambda naming: (_ORDER.index(naming.kind), naming.note))

    def _put(self, entry: Entry) -> None:
        self._seen[entry.id] = entry
        for key in _names(entry, self._language):
            self._notes[hash(key)] = (*self._notes.get(hash(key), ()), entry.id)

    def _remove(self, note: int) -> None:
        entry = self._seen.pop(note, None)
        for key in _names(entry, self._language) if entry is not None else ():
            left = tuple(other for other in self._notes[hash(key)] if other != note)
            if left:
                self._notes[hash(key)] = left
            else:
                del self._notes[hash(key)]


def _names(entry: Entry, language: str) -> dict[tuple[str, ...], Naming]:
    """A note's names by their stems; what it is called in two ways counts as the first of title, alias, heading."""
    names: dict[str, Kind] = dict.fromkeys(entry.headings, "heading")
    names.update(dict.fromkeys(entry.aliases, "alias"))
    names.update({stem_of(entry.path): "title", entry.title: "title"})
    found: dict[tuple[str, ...], Naming] = {}
    for name, kind in sorted(names.items(), key=lambda pair: _ORDER.index(pair[1])):
        key = tuple(stem for _, stem in forms_of(name, entry.language or language) if stem)
        if key and len(key) <= LONGEST and (kind != "heading" or len(key) >= _HEADING_WORDS):
            found.setdefault(key, Naming(entry.id, name, kind))
    return found


_ORDER: tuple[Kind, ...] = ("title", "alias", "heading")
