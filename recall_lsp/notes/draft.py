"""What a dialect's reader gathers from one file, before it is cut into passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, count
from operator import add
from typing import NamedTuple

from recall_lsp.notes.model import Block, Dialect, Heading, Link
from recall_lsp.notes.prose import EMPTY, Prose

_LINE_END = re.compile(r"\r\n?|\n")
_LONE_CR = re.compile(r"\r(?!\n)")
# Some 400 characters of a script without spaces fill a passage as 180 words do.
_CHARS_PER_WORD = 2.2
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_URL_WORD = re.compile(r"[^\W\d_]{3,}")
_NO = frozenset("false no off 0 never nil none".split())
_URL_STOP = frozenset("http https www com org net html htm php".split())


class Fragment(NamedTuple):
    """One block of a note: its prose, its words that are no prose, and the file offsets it takes up.

    `words` is the prose's length as `weight` counts it.
    """

    prose: Prose
    extra: str
    start: int
    end: int
    words: int


def fragment(prose: Prose, extra: str, start: int, end: int) -> Fragment:
    """A fragment, weighed."""
    return Fragment(prose, extra, start, end, weight(prose.text))


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
    starts: list[int]
    title: str = ""
    written: date | None = None
    aliases: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    path: list[Heading] = field(default_factory=list)
    """The open headings, each of a lower level than the next."""
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    sections: list[Section] = field(default_factory=lambda: [Section()])
    extra: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    private: bool = False
    """A property `recall` says no."""
    permalinks: bool = False
    """The file is a page of a site, which may link to its notes by the addresses of their pages."""

    def open_section(self, heading: Heading, prose: Prose) -> None:
        """Start a section under `heading`, below the open headings of lower level."""
        path = self.path
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
        self.headings.append(heading)
        self.sections.append(Section(tuple([name for name, *_ in path if name]), prose, heading.span.start, []))


def says_no(value: object) -> bool:
    """Whether a property's value means no, in any dialect's words."""
    return str(value).strip().lower() in _NO


def weight(text: str) -> int:
    """The length of `text` in words; scripts without spaces and endless words count by their characters."""
    if not text:
        return 0
    words = text.count(" ") + 1
    size = len(text)
    if not text.isascii() and (len(text.encode("utf-8", "replace")) - size) * 4 > size:
        words += int(sum(map(len, _UNSPACED.findall(text))) / _CHARS_PER_WORD)
    return max(words, size // 14)


def line_starts(text: str) -> list[int]:
    """Offsets at which lines begin; lines end at LF, CRLF or CR only."""
    if "\r" in text and _LONE_CR.search(text):
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    lengths = map(len, text.split("\n")[:-1])
    return list(map(add, accumulate(lengths, initial=0), count()))


def line_at(starts: list[int], offset: int) -> int:
    """The 0-based line that holds `offset`."""
    return bisect_right(starts, offset) - 1


def url_words(url: str) -> str:
    """The words of a web address, to be searched."""
    return " ".join([word for word in _URL_WORD.findall(url[:300]) if word.lower() not in _URL_STOP])
