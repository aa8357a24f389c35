"""What ranking asks of hundreds of notes at once, as arrays by note id: looked up in one step, kept note by note."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.arrays import with_room
from recall_lsp.index.rows import Entry

NOWHERE = -1


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
        self._near = "", 0, np.zeros(0, np.float32)

    def put(self, entry: Entry) -> None:
        self.remove(entry.id)
        self.length = with_room(self.length, entry.id + 1, 0)
        self.folder = with_room(self.folder, entry.id + 1, NOWHERE)
        self.tagged = with_room(self.tagged, entry.id + 1, 0)
        self.length[entry.id] = math.log1p(entry.letters)
        self.folder[entry.id] = self._folders.setdefault(_folder(entry.path), len(self._folders))
        self.tagged[entry.id] = self._tags_number(frozenset(entry.tags))

    def remove(self, note: int) -> None:
        if note < len(self.folder):
            self.folder[note] = NOWHERE

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

    def _tags_number(self, tags: frozenset[str]) -> int:
        number = self._tags_at.setdefault(tags, len(self._tags))
        if number == len(self._tags):
            self._tags.append(tags)
        return number


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
