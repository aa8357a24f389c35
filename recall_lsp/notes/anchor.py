"""Which heading or block of a note a link's fragment means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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
    return next((later.span.start for later in headings[at + 1 :] if later.level <= level), end)
