"""What goes into recall and what comes out of it, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from recall_lsp.notes.model import Note, Span

Pair = tuple[str, str]
"""(a word of the hit, the writer's own)"""
FoundBy = Literal["words", "meaning", "links"]


@dataclass(frozen=True, slots=True)
class Moment:
    """The writer's place: what stands at the cursor of an unsaved buffer.

    `note` is the buffer as read just now; it stands in for the file on disk.  `offset` is the cursor in code
    points.  `sentence` and `paragraph` hold the words at hand, without markup; `headings` is the heading path
    above them.
    """

    note: Note
    offset: int
    sentence: str
    paragraph: str
    headings: tuple[str, ...]

    def __hash__(self) -> int:
        """Of the words at hand alone: a note may hold thousands of passages."""
        return hash((self.offset, self.paragraph))


@dataclass(frozen=True, slots=True)
class Hit:
    """A past note that belongs to the moment, and why.

    `sentence` is the sentence that matters; `span` its place in the note's file (code points) and `line` its
    0-based line.  `marks` are (start, end) places in `sentence` of words shared with the moment; `shared`
    lists those words as written there, `close` others that are near in meaning to the writer's.  `score` is the
    estimated probability, 0 to 1, that a person would call the two related.  `linked`: the moment's note links to this
    one already.
    """

    path: str
    title: str
    written: date | None
    headings: tuple[str, ...]
    passage: str
    sentence: str
    span: Span
    line: int
    marks: tuple[tuple[int, int], ...]
    shared: tuple[str, ...]
    found_by: tuple[FoundBy, ...]
    score: float
    linked: bool
    close: tuple[Pair, ...] = ()
