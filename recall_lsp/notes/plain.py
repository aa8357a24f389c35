"""Plain text: paragraphs, and threads as copied from a social network's page."""

from __future__ import annotations

import re

from recall_lsp.notes.draft import Draft, fragment, line_starts
from recall_lsp.notes.inline import cleaned
from recall_lsp.notes.prose import from_pieces

_PARAGRAPH = re.compile(r"(?<![^\r\n])(?:[^\S\r\n]*\S[^\r\n]*(?:\r\n?|\n|\Z))+")
_LINE = re.compile(r"[^\r\n]+")
_NUMBER = re.compile(r"\s*\d{1,3}\s?/(?:\s?\d{1,3})?\s+(?=\S)")
_POST = re.compile(r"^[^\S\n]*\d{1,3}\s?/", re.M)
_PAGE_WORDS = re.compile(
    r"[\s•·-]*(?:(?:show this thread|end of conversation|new conversation|show more|show replies|replying to @.*"
    r"|loading seems to be taking a while\.|twitter may be over capacity or experiencing a momentary hiccup\..*"
    r"|\d[\d.,]*[km]? (?:replies|retweets|likes|views).*)[\s•·-]*)?",
    re.I,
)
_MAX_TITLE = 80


def read(text: str) -> Draft:
    """A plain text file.  A first short line that stands alone is its title."""
    draft = Draft("plain", line_starts(text))
    thread = len(_POST.findall(text)) > 1
    for match in _PARAGRAPH.finditer(text):
        lines = [line for line in _LINE.finditer(text, *match.span()) if not _PAGE_WORDS.fullmatch(line[0])]
        if not lines:
            continue
        if not draft.title and not draft.sections[0].fragments and _is_title(lines, thread):
            draft.title = lines[0][0].strip().lstrip("#").strip()
        if thread:
            _add_posts(draft, lines)
        else:
            _add(draft, [(line[0], line.start()) for line in lines])
    return draft


def _is_title(lines: list[re.Match[str]], thread: bool) -> bool:
    words = lines[0][0].strip()
    return not thread and len(lines) == 1 and len(words) <= _MAX_TITLE and not words.endswith((".", ",", ";"))


def _add_posts(draft: Draft, lines: list[re.Match[str]]) -> None:
    """Each numbered post is a block; its number is no prose."""
    for line in lines:
        number = _NUMBER.match(line[0])
        skip = number.end() if number else 0
        _add(draft, [(line[0][skip:], line.start() + skip)])


def _add(draft: Draft, lines: list[tuple[str, int]]) -> None:
    pieces: list[tuple[str, int]] = []
    for text, start in lines:
        if pieces:
            pieces.append((" " if len(pieces[-1][0]) >= 50 else "\n", start - 1))
        pieces.append((text, start))
    prose, extra, _ = cleaned(from_pieces(pieces))
    if prose.text or extra:
        draft.sections[-1].fragments.append(fragment(prose, extra, pieces[0][1], pieces[-1][1] + len(pieces[-1][0])))
