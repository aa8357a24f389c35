"""Which heading or block of a note a link's fragment means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

from recall_lsp.notes.model import Block, Heading

_NUMBERED = re.compile(r"(.+)-(\d+)")


def folded(text: str) -> str:
    """A heading as the various tools write it in a link: case, spaces and punctuation do not count."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in normal if letter.isalnum()) or normal.strip()


def find_heading(headings: Sequence[Heading], fragment: str) -> int | None:
    """The index of the heading that a fragment means; of several of one text the first, or by `-1` the second."""
    wanted = folded(fragment.rpartition("#")[2])
    if not wanted:
        return None
    texts = [folded(heading.text) for heading in headings]
    if wanted in texts:
        return texts.index(wanted)
    if numbered := _NUMBERED.fullmatch(fragment):
        same = [at for at, text in enumerate(texts) if text == folded(numbered[1])]
        if int(numbered[2]) < len(same):
            return same[int(numbered[2])]
    return None


def find_block(blocks: Sequence[Block], name: str) -> int | None:
    """The index of the block with this id (without `^`)."""
    wanted = name.casefold()
    return next((at for at, block in enumerate(blocks) if block.id.casefold() == wanted), None)


def section_end(headings: Sequence[Heading], at: int, end: int) -> int:
    """Where the section of a heading ends: at the next that is no deeper, else at `end`."""
    level = headings[at].level
    return next((later.span.start for later in islice(headings, at + 1, None) if later.level <= level), end)


def section_ends(headings: Sequence[Heading], end: int) -> list[int]:
    """The same for each heading, in one pass."""
    ends = [end] * len(headings)
    still_open: list[int] = []
    for at, heading in enumerate(headings):
        while still_open and headings[still_open[-1]].level >= heading.level:
            ends[still_open.pop()] = heading.span.start
        still_open.append(at)
    return ends
