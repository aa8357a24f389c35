"""Where ghost text may stand: in prose, and not where it would repeat or part what is there already."""

from __future__ import annotations

import re

from recall_lsp.notes.model import Note

_IN_MARKUP = re.compile(r"\[\[[^\[\]]*$|\]\([^()]*$|(?<!\S)#[\w/-]+$|\S*://\S*$|\(\([^()]*$|<[^<>\s]*$|(?<!\S)@\w*$")
_ENDS_LINE = re.compile(r"[\s)\]\"'”’».,;:!?*_~。、」』）]*$")
_NEXT = 400
_REPEATED = 12


def in_markup(line: str) -> bool:
    """Whether a line that ends at the cursor ends within a link, an address, a tag or code."""
    return _IN_MARKUP.search(line) is not None or line.count("`") % 2 == 1


def in_prose(note: Note, text: str, offset: int) -> bool:
    """Whether what stands before `offset` in the `text` that `note` was read from is prose or a heading.

    Code, front matter, properties, links and addresses are not.
    """
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if in_markup(line):
        return False
    if text.startswith("---") and "\n---" not in text[:offset]:  # front matter that is being written
        return False
    if any(link.span.start < offset < link.span.end for link in note.links):
        return False
    last = len(text[:offset].rstrip()) - 1
    if any(heading.span.start <= last < heading.span.end for heading in note.headings):
        return True
    while last >= 0 and not text[last].isalnum() and text[last] != "\n":  # closing markup is no prose itself
        last -= 1
    places = (passage.in_text(last, last + 1) for passage in note.passages)
    return any(start < end for start, end in places) or any(
        link.span.start <= last < link.span.end for link in note.links
    )


def ends_line(text: str, offset: int) -> bool:
    """Whether nothing but closing marks follows on the line."""
    return _ENDS_LINE.match(_rest_of_line(text, offset)) is not None


def parts_word(text: str, offset: int) -> bool:
    """Whether a word goes on after the cursor."""
    return text[offset : offset + 1].isalnum()


def repeats(text: str, offset: int, offered: str) -> bool:
    """Whether what is offered stands after the cursor already."""
    offered, follows = " ".join(offered.split()), " ".join(text[offset : offset + _NEXT].split())
    rest = " ".join(_rest_of_line(text, offset).split())
    return bool(offered) and (
        offered[: max(_REPEATED, len(offered) // 2)] in follows or (len(rest) > 1 and rest in offered)
    )


def _rest_of_line(text: str, offset: int) -> str:
    end = text.find("\n", offset)
    return text[offset : end if end >= 0 else len(text)]
