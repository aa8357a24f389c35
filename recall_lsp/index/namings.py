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
_AT_ONCE = 400

Kind = Literal["title", "alias", "heading"]


@dataclass(frozen=True, slots=True)
class Naming:
    """`name` is what a note is called, or with the kind "heading" a section of it."""

    note: int
    name: str
    kind: Kind


class Namings:
    """All names of a vault.  It follows the entries a few hundred at a question, so that none waits for all."""

    def __init__(self) -> None:
        self._seen: dict[int, Entry] = {}
        self._keys: dict[int, list[tuple[str, ...]]] = {}
        self._by_stems: dict[tuple[str, ...], list[Naming]] = {}
        self._revision = -1

    def follow(self, entries: Mapping[int, Entry], language: str, revision: int) -> None:
        """Take in changed entries; `language` is that of notes which tell none, `revision` the entries' own."""
        if revision == self._revision:
            return
        for note in [note for note in self._seen if note not in entries]:
            self._remove(note)
        changed = [entry for note, entry in entries.items() if self._seen.get(note) is not entry]
        for entry in changed[:_AT_ONCE]:
            self._remove(entry.id)
            self._put(entry, entry.language or language)
        if len(changed) <= _AT_ONCE:
            self._revision = revision

    def named(self, stems: Sequence[str]) -> list[Naming]:
        """What these words name, titles first, then aliases, then headings; the least note id first."""
        return self._by_stems.get(tuple(stems), [])

    def _put(self, entry: Entry, language: str) -> None:
        names: dict[str, Kind] = dict.fromkeys(entry.headings, "heading")
        names.update(dict.fromkeys(entry.aliases, "alias"))
        names.update({stem_of(entry.path): "title", entry.title: "title"})
        self._seen[entry.id] = entry
        keys = self._keys[entry.id] = []
        for name, kind in names.items():
            key = tuple(stem for _, stem in forms_of(name, language) if stem)
            if not key or len(key) > LONGEST or key in keys or (kind == "heading" and len(key) < _HEADING_WORDS):
                continue
            keys.append(key)
            known = self._by_stems.setdefault(key, [])
            known.append(Naming(entry.id, name, kind))
            known.sort(key=lambda naming: (_ORDER.index(naming.kind), naming.note))

    def _remove(self, note: int) -> None:
        if self._seen.pop(note, None) is None:
            return
        for key in self._keys.pop(note):
            left = [naming for naming in self._by_stems[key] if naming.note != note]
            if left:
                self._by_stems[key] = left
            else:
                del self._by_stems[key]


_ORDER: tuple[Kind, ...] = ("title", "alias", "heading")
