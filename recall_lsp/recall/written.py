"""Where the words just typed stand: in the index, in the open buffers, and above the line being typed.

What an open note says counts from the moment it is typed, however long the keeper takes to index it: of a note that
the index holds, the passages that it does not hold yet make up a segment in memory, and those that the buffer holds no
more are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from recall_lsp.index.phrase_segment import Segment, build_segment
from recall_lsp.index.phrases import Match, Matches, joined, matches_in
from recall_lsp.index.reconcile import why_private
from recall_lsp.index.tally import file_day
from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import read
from recall_lsp.notes.model import Passage
from recall_lsp.notes.read import read_text
from recall_lsp.recall.quotation import Typed

Buffers = Mapping[str, str]
"""The texts of open notes by path, as `links.notebook` takes them."""
NONE_OPEN: Buffers = MappingProxyType({})
_NOW = date.max.toordinal()
_HUGE = 200_000
"""A buffer of more code points is not read: it counts as it was indexed."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A passage that has the words, and what is known of its note; `text` is that of its buffer, None for a file."""

    passage: Passage
    path: str
    language: str
    day: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Unindexed:
    """Passages of a text that no index holds; in `segment` they are -1, -2 and so on, of the note -1.

    `gone` are passages of the index that the note's buffer holds no more.
    """

    path: str
    language: str
    text: str
    passages: tuple[Passage, ...]
    segment: Segment
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """All that a writer in the note at `path` has written; of `unindexed` the first may be what stands `above`.

    A match in one of those has a note below 0: -1 for the first, -2 for the next.
    """

    vault: Vault
    path: str
    language: str
    unindexed: tuple[Unindexed, ...]
    above: bool

    def matches(self, typed: Typed) -> Matches:
        """Where the words typed stand, as far as that may be shown here."""
        vault, hidden = self.vault, self.vault.hides(self.path)
        gone = frozenset[int]().union(*(one.gone for one in self.unindexed))
        found = vault.phrases.matches(typed.stems, typed.beginning, vault.ids.get(self.path, -1))
        shown = (
            match
            for match in found.found
            if match.note in vault.entries and match.passage not in gone and not hidden(match.note)
        )
        parts = [Matches(found.counts, tuple(shown))]
        for number, one in enumerate(self.unindexed):
            here = matches_in(one.segment, np.ones(len(one.passages), bool), typed.stems, typed.beginning)
            if number:
                here = replace(here, found=tuple(replace(match, note=-1 - number) for match in here.found))
            parts.append(here)
        return joined(parts) if len(parts) > 1 else parts[0]

    def is_above(self, match: Match) -> bool:
        return self.above and match.note == -1

    def precedents(self, matches: Iterable[Match]) -> dict[tuple[int, int], Precedent]:
        """By the numbers of note and passage; less those that have gone meanwhile."""
        wanted = {(match.note, match.passage) for match in matches}
        found = {}
        for number, row in self.vault.passages(passage for note, passage in wanted if note >= 0).items():
            entry = self.vault.entries.get(row.note)
            if entry is not None:
                day = (entry.written or file_day(entry)).toordinal()
                found[row.note, number] = Precedent(row.passage, entry.path, entry.language or self.language, day)
        for note, passage in wanted:
            if note < 0:
                one = self.unindexed[-1 - note]
                found[note, passage] = Precedent(one.passages[-1 - passage], one.path, one.language, _NOW, one.text)
        return found

    def text_of(self, past: Precedent) -> str | None:
        """The text that a precedent stands in; None when it cannot be read."""
        return self.vault.text_of(past.path) if past.text is None else past.text


def written(vault: Vault, path: str, before: str, language: str, buffers: Buffers) -> Written:
    """`before` is what stands before the cursor in the note at `path`, whose own buffer does not count."""
    end = max(before.rfind("\n"), before.rfind("\r")) + 1
    above = _above(path, before[:end], language) if before[:end].strip() else None
    found = [] if above is None else [above]
    return Written(vault, path, language, (*found, *_changed(vault, path, buffers)), above is not None)


def _changed(vault: Vault, here: str, buffers: Buffers) -> Iterator[Unindexed]:
    hidden = vault.hides(here)
    for path, text in sorted(buffers.items()):
        # A note that the index does not hold may be one that the settings leave out.
        note = vault.ids.get(path)
        if path == here or note is None or hidden(note) or len(text) > _HUGE:
            continue
        changed = _laid_over(vault, path, text, vault.phrases.version)
        if changed.passages or changed.gone:
            yield changed


@lru_cache(maxsize=64)
def _laid_over(vault: Vault, path: str, text: str, _: object) -> Unindexed:
    """A buffer over what the phrase view holds of its note; made once for each state of the two."""
    note, entry = read(path, text), vault.entries[vault.ids[path]]
    private = why_private(note, vault.options.private_tags)
    now = {} if private else {passage.text: passage for passage in note.passages}
    held = {number: row.passage.text for number, row in vault.passages(vault.phrases.held(entry.id)).items()}
    gone = frozenset(number for number, said in held.items() if said not in now)
    known = frozenset(held.values())
    new = tuple(passage for said, passage in now.items() if said not in known)
    language = entry.language or vault.language_of(note)
    return Unindexed(path, language, text, new, _segment(tuple(passage.text for passage in new), language), gone)


@lru_cache(maxsize=8)
def _above(path: str, text: str, language: str) -> Unindexed:
    """Read once a line."""
    passages = read_text(path, text).passages
    segment = _segment(tuple(passage.text for passage in passages), language)
    return Unindexed(path, language, text, tuple(passages), segment)


@lru_cache(maxsize=64)
def _segment(texts: tuple[str, ...], language: str) -> Segment:
    return build_segment((-1 - at, -1, text, language) for at, text in enumerate(texts))
