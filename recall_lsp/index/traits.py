"""What ranking asks of hundreds of notes at once, as arrays by note id: looked up in one step, kept note by note."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.rows import Entry
from recall_lsp.index.terms import terms

NOWHERE = -1


class Traits:
    """Arrays [capacity] by note id.  A note that is not there has `folder` NOWHERE; `length` is its letters' log."""

    def __init__(self) -> None:
        self.length: NDArray[np.float32] = np.zeros(0, np.float32)
        self.folder: NDArray[np.int32] = np.zeros(0, np.int32)
        self.tags: dict[int, frozenset[str]] = {}
        self._folders: dict[str, int] = {}
        self._title_terms: dict[int, frozenset[str]] = {}
        self._language = ""

    def put(self, entry: Entry) -> None:
        self.remove(entry.id)
        if entry.id >= len(self.folder):
            self._grow(entry.id + 1)
        self.length[entry.id] = math.log1p(entry.letters)
        self.folder[entry.id] = self._folders.setdefault(_folder(entry.path), len(self._folders))
        if entry.tags:
            self.tags[entry.id] = frozenset(entry.tags)

    def remove(self, note: int) -> None:
        if note < len(self.folder):
            self.folder[note] = NOWHERE
        self.tags.pop(note, None)
        self._title_terms.pop(note, None)

    def known(self, notes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some note ids that are there."""
        notes = notes[(notes >= 0) & (notes < len(self.folder))]
        known: NDArray[np.int64] = notes[self.folder[notes] != NOWHERE]
        return known

    def folder_of(self, path: str) -> int:
        """What `folder` holds for the notes beside `path`."""
        return self._folders.get(_folder(path), len(self._folders))

    def title_terms(self, entry: Entry, language: str) -> frozenset[str]:
        """The terms of a note's title, remembered; `language` for a note that has none."""
        if language != self._language:
            self._title_terms.clear()
            self._language = language
        found = self._title_terms.get(entry.id)
        if found is None:
            found = self._title_terms[entry.id] = frozenset(terms(entry.title, entry.language or language))
        return found

    def _grow(self, least: int) -> None:
        more = max(least - len(self.folder), len(self.folder) // 2, 1024)
        self.length = np.concatenate([self.length, np.zeros(more, np.float32)])
        self.folder = np.concatenate([self.folder, np.full(more, NOWHERE, np.int32)])


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
