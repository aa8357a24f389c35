"""What the writer is entering at the cursor: a link, the trigger, or plain words.  Pure, on one line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_OPEN_LINK = re.compile(r"\[\[([^\[\]|]*)$")
_REST_OF_LINK = re.compile(r"[^\[\]|]*(?=\]\])")
_WORD = re.compile(r"[\w'’-]*$")


@dataclass(frozen=True, slots=True)
class LinkInput:
    """`line[start:end]` is what was entered (the cursor is inside), `query` what was typed of a name.

    `closed`: `]]` follows.
    """

    kind: Literal["link", "trigger", "word"]
    start: int
    end: int
    query: str
    closed: bool = False


def link_input(line: str, cursor: int, trigger: str, by_hand: bool) -> LinkInput | None:
    """`by_hand`: the writer asked for completions rather than typed a trigger character."""
    head, tail = line[:cursor], line[cursor:]
    link = _OPEN_LINK.search(head)
    if link is not None:
        rest = _REST_OF_LINK.match(tail)
        end = cursor + (rest.end() if rest else 0)
        return LinkInput("link", link.start(), end, link[1].strip(), closed=rest is not None)
    typed = re.search(re.escape(trigger) + r"(\S*)$", head) if trigger else None
    if typed is not None:
        return LinkInput("trigger", typed.start(), cursor, typed[1])
    if not by_hand:
        return None
    word = _WORD.search(head)
    assert word is not None  # it matches the empty string
    return LinkInput("word", word.start(), cursor, word[0])


def replacement(entered: LinkInput, link: str, title: str) -> tuple[int, str]:
    """Where in the line ends what an accepted item replaces, from `entered.start`, and the text put in its place.

    `]]` that stands there, as some editors put it, is replaced too, so that the writer goes on after the link.  A word
    of the writer's own stays, unless it begins the title.
    """
    if entered.closed:
        return entered.end + 2, link
    if entered.kind == "word" and entered.query and not title.casefold().startswith(entered.query.casefold()):
        return entered.end, f"{entered.query} {link}"
    return entered.end, link
