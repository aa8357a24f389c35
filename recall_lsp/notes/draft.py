"""What a dialect's reader gathers from one file, before it is cut into passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from recall_lsp.notes.model import Block, Dialect, Heading, Link
from recall_lsp.notes.prose import EMPTY, Prose

_LINE_END = re.compile(r"\r\n?|\n")
_LONE_CR = re.compile(r"\r(?!\n)")
_URL_WORD = re.compile(r"[^\W\d_]{3,}")
_URL_STOP = frozenset("http https www com org net html htm php".split())


class Fragment(NamedTuple):
    """One block of a note: its prose, its words that are no prose, and the file offsets it takes up."""

    prose: Prose
    extra: str
    start: int
    end: int


@dataclass(slots=True)
class Section:
    """A heading with what follows it up to the next; `headings` is the path down to it."""

    headings: tuple[str, ...] = ()
    heading: Prose = EMPTY
    start: int = 0
    fragments: list[Fragment] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A note being read."""

    dialect: Dialect
    title: str = ""
    written: date | None = None
    aliases: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    sections: list[Section] = field(default_factory=lambda: [Section()])
    extra: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open_section(self, heading: Heading, prose: Prose) -> None:
        """Start a section under `heading`, below the open headings of lower level."""
        path = [*self._open_headings(heading.level), heading]
        self.headings.append(heading)
        self.sections.append(Section(tuple(h.text for h in path if h.text), prose, heading.span.start))

    def _open_headings(self, level: int) -> list[Heading]:
        path: list[Heading] = []
        for heading in reversed(self.headings):
            if heading.level < level:
                path.append(heading)
                level = heading.level
                if level <= 1:
                    break
        return path[::-1]


def line_starts(text: str) -> list[int]:
    """Offsets at which lines begin; lines end at LF, CRLF or CR only."""
    if "\r" in text and _LONE_CR.search(text):
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    return list(accumulate((len(line) + 1 for line in text.split("\n")[:-1]), initial=0))


def line_at(starts: list[int], offset: int) -> int:
    """The 0-based line that holds `offset`."""
    return bisect_right(starts, offset) - 1


def url_words(url: str) -> str:
    """The words of a web address, to be searched."""
    return " ".join(word for word in _URL_WORD.findall(url[:300]) if word.lower() not in _URL_STOP)
