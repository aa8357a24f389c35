"""The writer's place in an open document, as recall takes it.  Runs in the vault's thread.

Readers and recall are imported when first asked: their libraries would double the server's start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from recall_lsp.notes.model import Link, Note
from recall_lsp.recall.model import Hit, Moment

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

HUGE = 200_000
"""A text of more code points is not read as a whole at each keystroke,"""
AROUND = 30_000
"""but so much to either side of the cursor."""
LONGEST_SELECTION = 4_000


@dataclass(frozen=True, slots=True)
class Nearby:
    """The part of a text that is read, as a note: all of it, unless it is huge.  `start` is its offset in the text."""

    note: Note
    text: str
    start: int


def nearby(path: str, text: str, offset: int) -> Nearby:
    start, end = 0, len(text)
    if len(text) > HUGE:
        start, end = max(offset - AROUND, 0), min(offset + AROUND, len(text))
        start = max(text.rfind("\n", 0, start) + 1, start - AROUND)  # whole lines, unless they are huge too
        line_end = text.find("\n", end, end + AROUND)
        end = line_end if line_end >= 0 else end
    part = text[start:end]
    return Nearby(_read(path, part), part, start)


def moment_of(path: str, text: str, offset: int) -> Moment:
    """The moment at `offset` of a buffer."""
    from recall_lsp.recall.moment import moment_at

    near = nearby(path, text, offset)
    return moment_at(near.note, near.text, offset - near.start)


def moment_of_selection(path: str, text: str, start: int, end: int) -> Moment:
    """The moment whose words are the selected ones."""
    words = " ".join(text[start:end][:LONGEST_SELECTION].split())
    moment = moment_of(path, text, start)
    return replace(moment, sentence=words, paragraph=words) if words else moment


def paragraph_at(text: str, offset: int) -> tuple[int, int]:
    from recall_lsp.recall.moment import paragraph_span

    return paragraph_span(text, offset)


def related_notes(vault: Vault, moment: Moment, limit: int, quiet: float) -> tuple[Hit, ...]:
    from recall_lsp.recall.related import related

    return related(vault, moment, limit, quiet)


def link_at(near: Nearby, offset: int) -> Link | None:
    """The link that holds a place of the text."""
    place = offset - near.start
    return next((link for link in near.note.links if link.span.start <= place < link.span.end), None)


@lru_cache(maxsize=16)
def _read(path: str, text: str) -> Note:
    """A document is read once a version, and not at all when an edit has come and gone."""
    from recall_lsp.notes.read import read_text

    return read_text(path, text)
