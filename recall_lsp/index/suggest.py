"""Names of notes by a few typed letters: titles, aliases, file names and headings, fuzzily."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A note, or with `heading` a section of it, whose name `matched` what was typed."""

    path: str
    title: str
    matched: str
    heading: str | None
    written: date | None


class Named(Protocol):
    """What of a note is needed to find it by name."""

    @property
    def id(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def written(self) -> date | None: ...
    @property
    def modified(self) -> int: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def headings(self) -> tuple[str, ...]: ...


_LEAST = 75.0
_LEAST_MISSPELT = 65.0
_PREFIX_BONUS = 6.0
_HEADING_MALUS = 8.0
_LENGTH_MALUS = 0.05
_FEW = 5
_FEW_LETTERS = 2
_LEFT_BEHIND = 4096
"""Names of notes that were changed or left stay as empty rows; at so many, all rows are laid out anew."""


class Names:
    """All names of a vault, folded once a note.  A query over 60,000 names takes some 3 ms, 8 where only likeness
    helps; a changed note costs its own names and, at the next query, one pass that joins all names into one text."""

    def __init__(self) -> None:
        self._suggestions: list[Suggestion] = []
        self._folded: list[str] = []
        self._modified: list[int] = []
        self._rows: dict[int, range] = {}
        self._gone: set[int] = set()
        self._joined: tuple[str, NDArray[np.int64]] | None = None
        self._by_age: list[int] | None = None
        """Rows of notes' names, the notes changed last first; among them some that were left behind."""

    @property
    def ready(self) -> bool:
        """Whether a question finds all laid out."""
        return self._joined is not None and self._by_age is not None

    def make_ready(self) -> None:
        """Lay out what a question would have to: some 10 ms for 13,000 notes."""
        self._join()
        self._sort()

    def put(self, note: Named) -> None:
        """Add or replace a note."""
        self.remove(note.id)
        names = dict.fromkeys((note.title, *note.aliases, note.path.rpartition("/")[2].rpartition(".")[0]))
        headings = dict.fromkeys(heading for heading in note.headings if heading != note.title)
        some = [Suggestion(note.path, note.title, name, None, note.written) for name in names if name]
        some += [Suggestion(note.path, note.title, name, name, note.written) for name in headings if name]
        self._rows[note.id] = range(len(self._suggestions), len(self._suggestions) + len(some))
        self._suggestions += some
        self._folded += [utils.default_process(one.matched) for one in some]
        self._modified += [note.modified] * len(some)
        self._joined = None
        for row in self._rows[note.id]:
            if self._by_age is not None and self._suggestions[row].heading is None:
                insort(self._by_age, row, key=self._age)

    def remove(self, note: int) -> None:
        rows = self._rows.pop(note, range(0))
        for row in rows:
            self._folded[row] = ""
        self._gone.update(rows)
        self._joined = None
        if len(self._gone) > max(_LEFT_BEHIND, len(self._folded) // 2):
            self._lay_out_anew()

    def suggest(self, query: str, limit: int, hidden: Callable[[str], bool] | None = None) -> list[Suggestion]:
        """Best first, one a note and heading, none of a `hidden` path; the notes changed last for an empty query."""
        folded = utils.default_process(query)
        if not folded:
            return self._newest(limit, hidden)
        found = self._like(folded, self._shown(self._holding(folded), hidden), limit, least=0)
        if len(found) < min(limit, _FEW):
            # Likeness to a part of any name would take ten times as long; few mistype the first letter of a word.
            begun = self._shown(self._rows_with(f" {folded[0]}"), hidden)
            found += self._like(folded, begun, limit) + self._mistyped(folded, limit, hidden, _LEAST)
        return self._best(folded, found, limit)

    def near(self, name: str, limit: int, hidden: Callable[[str], bool] | None = None) -> list[Suggestion]:
        """What was meant by a whole name that may be misspelt, or may be a part of the right one."""
        folded = utils.default_process(name)
        if not folded:
            return []
        found = self._like(folded, self._shown(self._holding(folded), hidden), limit, least=0)
        return self._best(folded, found + self._mistyped(folded, limit, hidden, _LEAST_MISSPELT), limit)

    def _best(self, folded: str, found: Iterable[tuple[str, float, int]], limit: int) -> list[Suggestion]:
        weighed = ((-self._weight(folded, score, row), -self._modified[row], row) for _, score, row in found)
        return _one_each((self._suggestions[row] for *_, row in sorted(weighed)), limit)

    def _shown(self, rows: Iterable[int], hidden: Callable[[str], bool] | None) -> Iterable[int]:
        return rows if hidden is None else (row for row in rows if not hidden(self._suggestions[row].path))

    def _like(
        self, folded: str, rows: Iterable[int], limit: int, least: float = _LEAST
    ) -> list[tuple[str, float, int]]:
        """Names, likenesses and rows of the names most like what was typed."""
        among = {row: self._folded[row] for row in rows}
        return process.extract(folded, among, scorer=fuzz.WRatio, processor=None, limit=6 * limit, score_cutoff=least)

    def _mistyped(
        self, folded: str, limit: int, hidden: Callable[[str], bool] | None, least: float
    ) -> list[tuple[str, float, int]]:
        """Names that are as a whole like what was typed."""
        found = process.extract(
            folded, self._folded, scorer=fuzz.ratio, processor=None, limit=6 * limit, score_cutoff=least
        )
        return [one for one in found if hidden is None or not hidden(self._suggestions[one[2]].path)]

    def _newest(self, limit: int, hidden: Callable[[str], bool] | None) -> list[Suggestion]:
        rows = (row for row in self._sort() if row not in self._gone)
        return _one_each((self._suggestions[row] for row in self._shown(rows, hidden)), limit)

    def _sort(self) -> list[int]:
        if self._by_age is None:
            rows = (row for rows in self._rows.values() for row in rows if self._suggestions[row].heading is None)
            self._by_age = sorted(rows, key=self._age)
        return self._by_age

    def _age(self, row: int) -> tuple[int, int]:
        return -self._modified[row], row

    def _holding(self, folded: str) -> list[int]:
        """Rows whose names hold all the words typed; of one or two letters, those where a word begins with them."""
        short = len(folded) <= _FEW_LETTERS and folded.isascii()
        words = folded.split()
        longest = max(words, key=len)
        rows = self._rows_with(f" {folded}" if short else longest)
        return [row for row in rows if all(word in self._folded[row] for word in words if word is not longest)]

    def _join(self) -> tuple[str, NDArray[np.int64]]:
        """All names in one text, and where each ends."""
        if self._joined is None:
            text = "\n".join([" " + name for name in self._folded])
            self._joined = text, np.cumsum([len(name) + 2 for name in self._folded], dtype=np.int64)
        return self._joined

    def _rows_with(self, part: str) -> Iterator[int]:
        """Rows whose name, with a space before it, holds `part`: found in all names joined, so at C's speed."""
        text, ends = self._join()
        places = []
        place = text.find(part)
        while place >= 0:
            places.append(place)
            line_end = text.find("\n", place)
            place = text.find(part, line_end) if line_end >= 0 else -1
        return iter(np.searchsorted(ends, places, side="right").tolist())

    def _weight(self, folded: str, score: float, row: int) -> float:
        name = self._folded[row]
        starts = name.startswith(folded) + (f" {folded}" in f" {name}")
        heading = self._suggestions[row].heading is not None
        return score + _PREFIX_BONUS * starts - _HEADING_MALUS * heading - _LENGTH_MALUS * len(name)

    def _lay_out_anew(self) -> None:
        kept = [row for rows in self._rows.values() for row in rows]
        self._suggestions = [self._suggestions[row] for row in kept]
        self._folded = [self._folded[row] for row in kept]
        self._modified = [self._modified[row] for row in kept]
        start = 0
        for note, rows in self._rows.items():
            self._rows[note] = range(start, start + len(rows))
            start += len(rows)
        self._gone, self._by_age = set(), None


def _one_each(suggestions: Iterable[Suggestion], limit: int) -> list[Suggestion]:
    chosen: dict[tuple[str, str | None], Suggestion] = {}
    for suggestion in suggestions:
        chosen.setdefault((suggestion.path, suggestion.heading), suggestion)
        if len(chosen) == limit:
            break
    return list(chosen.values())
