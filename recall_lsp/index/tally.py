"""What most notes of a vault are like, counted note by note: a save costs one step and not a walk over the vault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import TypeVar

from recall_lsp.index.rows import Entry
from recall_lsp.notes.link_format import LinkStyle, detect_style

T = TypeVar("T", str, date)

_LEAST_COPIED = 10
_MOST_OF_ALL = 0.7


class Tally:
    """Counts over the entries put in and not yet removed."""

    def __init__(self) -> None:
        self._languages: Counter[str] = Counter()
        self._days: Counter[date] = Counter()
        self._extensions: Counter[str] = Counter()
        self._links: Counter[str] = Counter()
        self._tagged: dict[str, dict[str, None]] = {}
        self._day_of_copying: tuple[date | None] | None = None
        self._main_language: tuple[str, float] | None = None

    def put(self, entry: Entry) -> None:
        self._count(entry, 1)
        for tag in entry.tags:
            self._tagged.setdefault(tag, {})[entry.path] = None

    def remove(self, entry: Entry) -> None:
        self._count(entry, -1)
        for tag in dict.fromkeys(entry.tags):
            self._tagged[tag].pop(entry.path, None)
            if not self._tagged[tag]:
                del self._tagged[tag]

    @property
    def tagged(self) -> Mapping[str, Collection[str]]:
        """The paths of the notes with each tag."""
        return self._tagged

    @property
    def extension(self) -> str:
        """The extension of most notes."""
        return (_most(self._extensions) or (".md", 0))[0]

    @property
    def main_language(self) -> tuple[str, float]:
        """The language of most notes, and their share of those whose language is known; "" while none is."""
        if self._main_language is None:
            main, count = _most(self._languages) or ("", 0)
            self._main_language = main, count / max(self._languages.total(), 1)
        return self._main_language

    @property
    def day_of_copying(self) -> date | None:
        """The one day that most files are of; None where they are of many, as those of notes kept for long."""
        if self._day_of_copying is None:
            day, count = _most(self._days) or (None, 0)
            few = count < _LEAST_COPIED or count < _MOST_OF_ALL * self._days.total()
            self._day_of_copying = (None if few else day,)
        return self._day_of_copying[0]

    @property
    def link_style(self) -> LinkStyle:
        """How most links are written."""
        return detect_style(self._links, self.extension)

    def _count(self, entry: Entry, by: int) -> None:
        self._languages[entry.language] += by if entry.language else 0
        self._days[file_day(entry)] += by
        self._extensions[PurePosixPath(entry.path).suffix] += by
        self._links["wiki"] += by * entry.wiki
        self._links["markdown"] += by * entry.markdown
        self._day_of_copying = self._main_language = None


def file_day(entry: Entry) -> date:
    """The day on which the file was changed last, here."""
    return date.fromtimestamp(entry.modified / 1e9)


def _most(counts: Counter[T]) -> tuple[T, int] | None:
    """The most frequent, of equals the first in order."""
    return min(counts.items(), key=lambda item: (-item[1], item[0]), default=None)
