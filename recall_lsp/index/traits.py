"""What ranking asks of hundreds of notes at once, as arrays by note id: looked up in one step, kept note by note."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.rows import Entry
from recall_lsp.index.terms import terms

NOWHERE = -1
_LEAST_SAID = 4
"""Letters of a name that can be told from chance in a text; of two-letter words in scripts without spaces, half."""


@dataclass(frozen=True, slots=True)
class Name:
    """The title of a note, or another name of it: its terms, and `folded` as it would stand in a text ("" where it is
    too short to be told there)."""

    terms: frozenset[str]
    folded: str


class Traits:
    """Arrays [capacity] by note id.  A note that is not there has `folder` NOWHERE; `length` is its letters' log, and
    `tagged` stands for the set of its tags."""

    def __init__(self) -> None:
        self.length: NDArray[np.float32] = np.zeros(0, np.float32)
        self.folder: NDArray[np.int32] = np.zeros(0, np.int32)
        self.tagged: NDArray[np.int32] = np.zeros(0, np.int32)
        self._tags: list[frozenset[str]] = [frozenset()]
        self._tags_at: dict[frozenset[str], int] = {frozenset(): 0}
        self._folders: dict[str, int] = {}
        self._names: dict[int, tuple[Name, ...]] = {}
        self._language = ""
        self._near = "", 0, np.zeros(0, np.float32)

    def put(self, entry: Entry) -> None:
        self.remove(entry.id)
        if entry.id >= len(self.folder):
            self._grow(entry.id + 1)
        self.length[entry.id] = math.log1p(entry.letters)
        self.folder[entry.id] = self._folders.setdefault(_folder(entry.path), len(self._folders))
        self.tagged[entry.id] = self._tags_number(frozenset(entry.tags))

    def remove(self, note: int) -> None:
        if note < len(self.folder):
            self.folder[note] = NOWHERE
        self._names.pop(note, None)

    def known(self, notes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some note ids that are there."""
        notes = notes[(notes >= 0) & (notes < len(self.folder))]
        known: NDArray[np.int64] = notes[self.folder[notes] != NOWHERE]
        return known

    def folder_of(self, path: str) -> int:
        """What `folder` holds for the notes beside `path`."""
        return self._folders.get(_folder(path), len(self._folders))

    def nearness(self, notes: NDArray[np.int64], path: str) -> NDArray[np.float32]:
        """How much of the folders' way [n] the notes share with `path`: 1 in the same folder."""
        own, count = _folder(path), len(self._folders)
        if self._near[:2] != (own, count):
            by_folder = np.fromiter((_shared(own, folder) for folder in self._folders), np.float32, count)
            self._near = own, count, by_folder
        near: NDArray[np.float32] = self._near[2][self.folder[notes]]
        return near

    def tags_shared(self, notes: NDArray[np.int64], tags: frozenset[str]) -> NDArray[np.float32]:
        """How like the notes' tags are to some `tags` (Jaccard) [n]: counted once for each set of them."""
        sets, at = np.unique(self.tagged[notes], return_inverse=True)
        theirs = [self._tags[number] for number in sets.tolist()]
        return np.array([len(tags & some) / len(tags | some) for some in theirs], np.float32)[at]

    def names(self, entry: Entry, language: str) -> tuple[Name, ...]:
        """A note's title and then its aliases, remembered; `language` for a note that has none."""
        if language != self._language:
            self._names.clear()
            self._language = language
        found = self._names.get(entry.id)
        if found is None:
            own = entry.language or language
            names = dict.fromkeys((entry.title, *entry.aliases))
            found = self._names[entry.id] = tuple(Name(frozenset(terms(name, own)), _said(name)) for name in names)
        return found

    def _tags_number(self, tags: frozenset[str]) -> int:
        number = self._tags_at.setdefault(tags, len(self._tags))
        if number == len(self._tags):
            self._tags.append(tags)
        return number

    def _grow(self, least: int) -> None:
        more = max(least - len(self.folder), len(self.folder) // 2, 1024)
        self.length = np.concatenate([self.length, np.zeros(more, np.float32)])
        self.folder = np.concatenate([self.folder, np.full(more, NOWHERE, np.int32)])
        self.tagged = np.concatenate([self.tagged, np.zeros(more, np.int32)])


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _shared(left: str, right: str) -> float:
    if left == right:
        return 1.0
    lefts, rights = left.split("/"), right.split("/")
    same = 0
    while same < min(len(lefts), len(rights)) and lefts[same] == rights[same]:
        same += 1
    return same / max(len(lefts), len(rights))


def _said(name: str) -> str:
    folded = fold(name)
    return folded if len(folded) >= (_LEAST_SAID if folded.isascii() else _LEAST_SAID // 2) else ""


def fold(text: str) -> str:
    """A text in which a folded name can be looked for: case and line breaks do not count."""
    return " ".join(text.casefold().split())
