"""What a notes file says, as frozen data.

All offsets are code points into the file's decoded text (`read.decode`: byte order mark removed, line
ends as they stand in the file).  Lines are 0-based and end only at LF, CRLF or CR, as in LSP.

What comes by the hundred a note is a named tuple, which takes a third of a frozen dataclass's time to make.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Dialect = Literal["markdown", "logseq", "org", "plain"]
LinkKind = Literal["wiki", "embed", "markdown", "org", "block"]


class Span(NamedTuple):
    """Half-open range of code points."""

    start: int
    end: int


class Heading(NamedTuple):
    text: str
    level: int
    span: Span
    line: int


class Block(NamedTuple):
    """A place in a note with an identity of its own: `^id`, Logseq's `id::`, org's `:ID:`."""

    id: str
    span: Span
    line: int


class Link(NamedTuple):
    """A link to another note.  Links to web pages are not kept.

    `target` is the note's name, path or id as written, percent-decoded, without its fragment ("" for a
    link into the same note).  `fragment` is a heading's text, or `^id` for a block.
    """

    target: str
    fragment: str
    text: str
    kind: LinkKind
    span: Span
    line: int


class Passage(NamedTuple):
    """Some 30 to 250 words of prose under one heading: what is embedded, found and shown.

    `text` is the prose with its markup taken off and its encoding repaired; `extra` holds words that are
    searched but neither embedded nor shown (code, link targets, properties).  `anchors` are pairs (offset in
    `text`, offset in the file), ascending in the first: from each pair on, the two run in step until the next.
    """

    text: str
    extra: str
    span: Span
    line: int
    headings: tuple[str, ...]
    anchors: tuple[tuple[int, int], ...]

    def in_file(self, start: int, end: int) -> Span:
        """The file's span for `text[start:end]`."""
        return Span(self._at(start), max(self._at(start), self._at(max(start, end - 1)) + 1))

    def in_text(self, start: int, end: int) -> tuple[int, int]:
        """The range of `text` that stands in the file between `start` and `end`; empty where none does."""
        first = last = None
        for at, (in_text, in_file) in enumerate(self.anchors):
            stop = self.anchors[at + 1][0] if at + 1 < len(self.anchors) else len(self.text)
            if in_file < end and in_file + stop - in_text > start:
                first = max(in_text, in_text + start - in_file) if first is None else first
                last = min(stop, in_text + end - in_file)
        return (0, 0) if first is None or last is None else (first, last)

    def _at(self, offset: int) -> int:
        place = bisect_right(self.anchors, offset, key=lambda pair: pair[0]) - 1
        if place < 0:
            return self.span.start
        in_text, in_file = self.anchors[place]
        return min(in_file + offset - in_text, self.span.end)


@dataclass(frozen=True, slots=True)
class Note:
    """One file.  `path` is relative to the vault, with `/`.  `written` is the day the note itself tells.

    `private`: it asks not to be recalled.
    """

    path: str
    title: str
    dialect: Dialect
    written: date | None
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    passages: tuple[Passage, ...]
    problems: tuple[str, ...]
    private: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not read, and why, in words for the user."""

    path: str
    reason: str
