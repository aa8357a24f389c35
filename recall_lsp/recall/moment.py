"""Buffer and cursor to a `Moment`: the words at hand, the paragraph, the note so far."""

from __future__ import annotations

import re

from recall_lsp.notes.model import Note
from recall_lsp.notes.sentences import sentences
from recall_lsp.recall.model import Moment

_MOST = 2000
"""Characters of a paragraph that are looked at around the cursor: a request's work is bounded."""

_END = r"(?:\r\n|\r(?!\n)|\n)"
_BLANK = re.compile(rf"{_END}[ \t]*{_END}")
_LINE_BEFORE = re.compile(r"(?:^|[\r\n])[ \t]*\Z")
_LINE_AFTER = re.compile(r"[ \t]*(?:[\r\n]|\Z)")
_QUOTATION = re.compile(rf"(?:(?<=[\r\n])|\A)(?:[ \t]*>[^\r\n]*(?:{_END}|\Z))+\Z")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_BREAK = re.compile(_END + r"(?=[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|>)[ \t])")


def moment_at(note: Note, text: str, offset: int) -> Moment:
    """The moment at `offset` (code points) of the buffer `text`, which `note` was read from."""
    offset = max(0, min(offset, len(text)))
    start, end = paragraph_span(text, offset)
    paragraph, before = _prose(note, start, end), _prose(note, start, offset)
    return Moment(note, offset, _sentence(paragraph, len(before)), paragraph, _headings(note, offset))


def paragraph_span(text: str, offset: int) -> tuple[int, int]:
    """The paragraph or list item around `offset`: up to a blank line, a heading or another item."""
    low, high = max(0, offset - _MOST), min(len(text), offset + _MOST)
    before, after = text[low:offset], text[offset:high]
    if _LINE_BEFORE.search(before) and _LINE_AFTER.match(after):
        return _paragraph_before(text, low, offset)
    start = max((match.end() for pattern in (_BLANK, _BREAK) for match in pattern.finditer(before)), default=0)
    ends = (match.start() for pattern in (_BLANK, _BREAK) if (match := pattern.search(after)))
    end = min(ends, default=len(after))
    return low + start, offset + len(after[:end].rstrip())


def _paragraph_before(text: str, low: int, offset: int) -> tuple[int, int]:
    """On an empty line the thought at hand is the one just finished; below a quotation the writer's own above it."""
    end = low + len(text[low:offset].rstrip())
    if end <= low:
        return offset, offset
    quoted = _QUOTATION.search(text[:end], low)
    if quoted is not None:
        own = _paragraph_before(text, low, quoted.start())
        return own if own[0] < own[1] and not _HEADING.match(text, own[0]) else (quoted.start(), end)
    breaks = [match.end() for pattern in (_BLANK, _BREAK) for match in pattern.finditer(text, low, end)]
    return max(breaks, default=low), end


def _prose(note: Note, start: int, end: int) -> str:
    """What the readers found between two places of the file, without markup; headings count, code does not."""
    parts = [heading.text for heading in note.headings if heading.span.start < end and heading.span.end > start]
    for passage in note.passages:
        if passage.span.start < end and passage.span.end > start:
            parts.append(passage.text[slice(*passage.in_text(start, end))].strip())
    return "\n".join(part for part in parts if part)


def _sentence(paragraph: str, offset: int) -> str:
    """The sentence that ends at or holds `offset`."""
    spans = sentences(paragraph)
    for start, end in spans:
        if offset <= end:
            return paragraph[start:end]
    return paragraph[slice(*spans[-1])] if spans else ""


def _headings(note: Note, offset: int) -> tuple[str, ...]:
    """The heading path above `offset`, outermost first."""
    path: list[tuple[int, str]] = []
    for heading in note.headings:
        if heading.span.start > offset:
            break
        path = [outer for outer in path if outer[0] < heading.level] + [(heading.level, heading.text)]
    return tuple(text for _, text in path)
