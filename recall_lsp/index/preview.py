"""What a link shows before it is followed: the first lines of the note, or of the heading or block asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from recall_lsp.index.rows import NoteRow, PassageRow
from recall_lsp.notes.anchor import find_block, find_heading, section_end
from recall_lsp.notes.model import Block, Passage, Span

_LETTERS = 400


@dataclass(frozen=True, slots=True)
class Preview:
    """`heading` is the one asked for ("" for the whole note), `text` its first lines, `line` its place in the file."""

    path: str
    title: str
    written: date | None
    heading: str
    text: str
    tags: tuple[str, ...]
    backlinks: int
    line: int


def make_preview(
    row: NoteRow, passages: Sequence[PassageRow], written: date | None, backlinks: int, fragment: str
) -> Preview:
    """The preview of a note; an unknown fragment shows the note from its beginning."""
    place = _find(row, fragment)
    heading, span, line = place if place is not None else ("", Span(0, 1 << 60), 0)
    text = ""
    for passage in _within([row.passage for row in passages], span, whole=bool(heading) or place is None):
        if len(text) >= _LETTERS:
            break
        skip = passage.in_text(span.start, span.end)[0] if heading else _block_before(passage, span.start)
        text += ("\n" if text else "") + passage.text[skip:].lstrip()
    return Preview(row.path, row.title, written, heading, _cut(text), row.tags, backlinks, line)


def _within(passages: Sequence[Passage], span: Span, whole: bool) -> list[Passage]:
    """The passages of a section; of a block's marker, which may stand behind all prose, the one that it follows."""
    if whole:
        return [passage for passage in passages if passage.span.end > span.start and passage.span.start < span.end]
    return [passage for passage in passages if passage.span.start < span.end][-1:]


def _find(row: NoteRow, fragment: str) -> tuple[str, Span, int] | None:
    """(heading, span of its section, line) of a fragment: a heading's text, or `^id`."""
    if fragment.startswith("^"):
        at = find_block(row.blocks, fragment[1:])
        if at is None:
            return None
        block = row.blocks[at]
        return _org_section(row, block) if row.dialect == "org" else ("", block.span, block.line)
    place = find_heading(row.headings, fragment)
    return None if place is None else _section(row, place)


def _section(row: NoteRow, at: int) -> tuple[str, Span, int]:
    heading = row.headings[at]
    return heading.text, Span(heading.span.end, section_end(row.headings, at, 1 << 60)), heading.line


def _org_section(row: NoteRow, block: Block) -> tuple[str, Span, int] | None:
    """An org id stands in a drawer under the heading that it names; above all headings it names the file."""
    above = sum(heading.line < block.line for heading in row.headings)
    return _section(row, above - 1) if above else None


def _block_before(passage: Passage, marker: int) -> int:
    """Where in a passage's text the block begins that a marker follows in the file: a line with an anchor of its own.

    A line that only goes on with a wrapped paragraph follows the one before it in the file as in the text.
    """
    starts = {in_text for in_text, _ in passage.anchors}
    end = len(passage.text[: passage.in_text(passage.span.start, marker)[1]].rstrip())
    while (end := passage.text.rfind("\n", 0, end)) >= 0:
        if end + 1 in starts:
            return end + 1
    return 0


def _cut(text: str) -> str:
    if len(text) <= _LETTERS:
        return text
    return text[:_LETTERS].rpartition(" ")[0].rstrip() + " …" if " " in text[:_LETTERS] else text[:_LETTERS] + "…"
