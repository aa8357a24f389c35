"""Names of notes by a few typed letters: titles, aliases, file names and headings, fuzzily."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

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
_PREFIX_BONUS = 12.0
_HEADING_MALUS = 8.0


class Names:
    """All names of a vault, folded once, so that one query over 60,000 names takes some 10 ms."""

    def __init__(self, notes: Iterable[Named]) -> None:
        newest = sorted(notes, key=lambda note: (-note.modified, note.path))
        self._suggestions: list[Suggestion] = []
        for note in newest:
            names = dict.fromkeys((note.title, *note.aliases, note.path.rpartition("/")[2].rpartition(".")[0]))
            self._suggestions += [Suggestion(note.path, note.title, name, None, note.written) for name in names if name]
        self._whole = len(self._suggestions)
        for note in newest:
            known = {note.title}
            self._suggestions += [
                Suggestion(note.path, note.title, heading, heading, note.written)
                for heading in dict.fromkeys(note.headings)
                if heading and heading not in known
            ]
        self._folded = [utils.default_process(suggestion.matched) for suggestion in self._suggestions]

    def suggest(self, query: str, limit: int) -> list[Suggestion]:
        """Best first, one a note and heading; the notes changed last for an empty query."""
        folded = utils.default_process(query)
        if not folded:
            return _one_each(self._suggestions[: self._whole], limit)
        # Where enough names hold what was typed, the likeness of all others (some 60 ms) is not asked.
        holding = [at for at, name in enumerate(self._folded) if folded in name]
        among = {at: self._folded[at] for at in holding} if len(holding) >= limit else self._folded
        found = process.extract(folded, among, scorer=fuzz.WRatio, processor=None, limit=6 * limit, score_cutoff=_LEAST)
        ranked = sorted(found, key=lambda match: (-self._weight(folded, match[1], match[2]), match[2]))
        return _one_each((self._suggestions[at] for _, _, at in ranked), limit)

    def _weight(self, folded: str, score: float, at: int) -> float:
        name = self._folded[at]
        starts = name.startswith(folded) or f" {folded}" in name
        return score + _PREFIX_BONUS * starts - _HEADING_MALUS * (at >= self._whole)


def _one_each(suggestions: Iterable[Suggestion], limit: int) -> list[Suggestion]:
    chosen: dict[tuple[str, str | None], Suggestion] = {}
    for suggestion in suggestions:
        chosen.setdefault((suggestion.path, suggestion.heading), suggestion)
        if len(chosen) == limit:
            break
    return list(chosen.values())
