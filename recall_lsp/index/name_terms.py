"""The terms of the notes' names as arrays: how much of hundreds of names a text says, counted in one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.arrays import with_room
from recall_lsp.index.rows import Entry
from recall_lsp.index.terms import terms

_UNKNOWN = -1
_LEAST_SAID = 4
"""Letters of a name that can be told from chance in a text; of two-letter words in scripts without spaces, half."""
_MOST_NAMES = 2**15
_LEAST_DEAD = 4096


@dataclass(frozen=True, slots=True)
class Name:
    """The title of a note, or another name of it: its terms, and `folded` as it would stand in a text ("" where it is
    too short to be told there)."""

    terms: frozenset[str]
    folded: str


def names_of(entry: Entry, language: str) -> tuple[Name, ...]:
    """A note's title and then its aliases; `language` for a note that has none."""
    own = entry.language or language
    return tuple(
        Name(frozenset(terms(name, own)), _said(name)) for name in dict.fromkeys((entry.title, *entry.aliases))
    )


def fold(text: str) -> str:
    """A text in which a folded name can be looked for: case and line breaks do not count."""
    return " ".join(text.casefold().split())


def _said(name: str) -> str:
    folded = fold(name)
    return folded if len(folded) >= (_LEAST_SAID if folded.isascii() else _LEAST_SAID // 2) else ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The names [n] that share a term with the note so far, by note and the title first: `at` is the note's place among
    those asked about; `whole`, `asked` and `heard` are the idf of all the name's terms, of those in the paragraph, and
    of those in the note so far."""

    at: NDArray[np.intp]
    title: NDArray[np.bool_]
    whole: NDArray[np.float64]
    asked: NDArray[np.float64]
    heard: NDArray[np.float64]
    folded: Sequence[str]


class NameTerms:
    """`_terms` are the numbers of all names' terms, those of one note in a row, and `_names` to which of its names each
    belongs; `_spans` is where a note's begin, and how many there are."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._idf_of: Mapping[str, float] | None = None
        self._idf: NDArray[np.float64] = np.zeros(0)
        self.clear()

    def clear(self) -> None:
        self._terms: NDArray[np.int32] = np.zeros(0, np.int32)
        self._names: NDArray[np.int16] = np.zeros(0, np.int16)
        self._spans: NDArray[np.int32] = np.zeros((0, 2), np.int32)
        self._folded: dict[int, tuple[str, ...]] = {}
        self._used = self._dead = 0

    def missing(self, notes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the notes that were not put, or were removed."""
        if len(notes):
            self._spans = with_room(self._spans, int(notes.max()) + 1, _UNKNOWN)
        unknown: NDArray[np.int64] = notes[self._spans[notes, 0] == _UNKNOWN]
        return unknown

    def put(self, note: int, names: Iterable[Name]) -> None:
        """A note's title and then its other names."""
        names = tuple(names)[:_MOST_NAMES]
        self.remove(note)
        pairs = [(self._number(term), at) for at, name in enumerate(names) for term in sorted(name.terms)]
        start, end = self._used, self._used + len(pairs)
        self._terms, self._names = with_room(self._terms, end, 0), with_room(self._names, end, 0)
        self._spans = with_room(self._spans, note + 1, _UNKNOWN)
        if pairs:
            self._terms[start:end], self._names[start:end] = zip(*pairs, strict=True)
        self._spans[note] = start, len(pairs)
        self._folded[note] = tuple(name.folded for name in names)
        self._used = end

    def remove(self, note: int) -> None:
        if self._folded.pop(note, None) is not None:
            self._dead += int(self._spans[note, 1])
            self._spans[note] = _UNKNOWN
            if self._dead > max(_LEAST_DEAD, self._used // 2):
                self.clear()  # the others are put again when they are missed

    def heard(
        self, notes: NDArray[np.int64], heard: Iterable[str], asked: Iterable[str], idf: Mapping[str, float]
    ) -> Heard:
        """What two sets of terms, `heard` and within it `asked`, say of the names of `notes` [m], none missing."""
        counts = self._spans[notes, 1]
        ends = np.cumsum(counts)
        places = np.arange(int(counts.sum())) + np.repeat(self._spans[notes, 0] - (ends - counts), counts)
        owners, terms, names = np.repeat(np.arange(len(notes)), counts), self._terms[places], self._names[places]
        is_heard = self._among(heard)[terms]
        starts = np.flatnonzero(np.diff(owners * _MOST_NAMES + names, prepend=-1))
        lengths = np.diff(starts, append=len(terms))
        told = np.logical_or.reduceat(is_heard, starts) if len(starts) else np.zeros(0, bool)
        starts, lengths, inside = starts[told], lengths[told], np.repeat(told, lengths)
        at, ordinals = owners[starts], names[starts]
        weights, terms = self._weights(terms[inside], idf), terms[inside]
        firsts = np.cumsum(lengths) - lengths
        folded = [self._folded[note][name] for note, name in zip(notes[at].tolist(), ordinals.tolist(), strict=True)]

        def sums(some: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.add.reduceat(some, firsts) if len(firsts) else np.zeros(0)

        return Heard(
            at,
            ordinals == 0,
            sums(weights),
            sums(weights * self._among(asked)[terms]),
            sums(weights * is_heard[inside]),
            folded,
        )

    def _number(self, term: str) -> int:
        number = self._numbers.setdefault(term, len(self._words))
        if number == len(self._words):
            self._words.append(term)
        return number

    def _among(self, terms: Iterable[str]) -> NDArray[np.bool_]:
        """Which term numbers stand for one of `terms`."""
        among = np.zeros(len(self._words), bool)
        among[[self._numbers[term] for term in terms if term in self._numbers]] = True
        return among

    def _weights(self, terms: NDArray[np.int32], idf: Mapping[str, float]) -> NDArray[np.float64]:
        """The idf of each term number, remembered until the mapping is another."""
        if idf is not self._idf_of:
            self._idf_of, self._idf = idf, np.zeros(0)
        self._idf = with_room(self._idf, len(self._words), np.nan)
        weights: NDArray[np.float64] = self._idf[terms]
        if (missing := np.unique(terms[np.isnan(weights)])).size:
            self._idf[missing] = [idf[self._words[number]] for number in missing.tolist()]
            weights = self._idf[terms]
        return weights
