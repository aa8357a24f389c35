"""Note text into what a client shows: Markdown in which nothing of a note is live, or plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# Control characters but tab and line ends, and those that turn the direction of text around.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")
# Markup, HTML and entities; and what GFM links by itself: `://`, `mailto:`, `www.` and `@`.
_LIVE = re.compile(r"[\\`*_\[\]<>&~|@]|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.", re.IGNORECASE)
# At the start of a line: headings, lists, rules and underlines.
_OPENING = re.compile(r"^(#|[-+=]|\d+(?=[.)]))")


@dataclass(frozen=True, slots=True)
class Markup:
    """How a client wants text: each function takes a note's text as it is and gives one line."""

    text: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    quote: str
    line_break: str


def one_line(text: str) -> str:
    """Spaces and line ends (also U+2028) folded into single spaces, control characters taken out."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def escape(text: str) -> str:
    """One line of Markdown that renders as `text`, and as nothing but text."""
    line = _LIVE.sub(r"\\\g<0>", one_line(text))
    return _OPENING.sub(lambda match: match[1] + "\\" if match[1].isdigit() else "\\" + match[1], line)


def _markdown_link(text: str, uri: str) -> str:
    return f"[{escape(text)}]({uri})"


def _strong(text: str) -> str:
    return f"**{escape(text)}**" if text.strip() else text


MARKDOWN = Markup(text=escape, strong=_strong, link=_markdown_link, quote="> ", line_break="  \n")
PLAIN = Markup(text=one_line, strong=one_line, link=lambda text, _: one_line(text), quote="  ", line_break="\n")


def marked(text: str, marks: tuple[tuple[int, int], ...], markup: Markup) -> str:
    """`text` on one line with the `marks` strong.  Marks that overlap, touch or run past the text are mended."""
    out: list[str] = []
    done = 0
    for start, end in _merged(marks, len(text)):
        out += [_piece(text[done:start], markup), markup.strong(text[start:end])]
        done = end
    out.append(_piece(text[done:], markup))
    return "".join(out).strip()


def _piece(text: str, markup: Markup) -> str:
    """As `markup.text`, keeping a space at either end, since it stands between words."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return before + markup.text(text) + after


def _merged(marks: tuple[tuple[int, int], ...], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in marks):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
