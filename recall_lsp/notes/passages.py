"""Sections of prose -> passages of about 128 to 256 model tokens, cut at sentence ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil

from recall_lsp.notes.draft import Fragment, Section, fragment, line_at, weight
from recall_lsp.notes.model import Passage, Span
from recall_lsp.notes.prose import joined, part, place
from recall_lsp.notes.sentences import sentences

MAX_WORDS = 180
TINY_WORDS = 30
_MAX_WORD = 60
# No passage is longer than this many characters.
_WINDOW = MAX_WORDS * 15


def passages(sections: Sequence[Section], starts: list[int], extra: str, size: int) -> tuple[Passage, ...]:
    """The passages of a note of `size` code points; `extra` belongs to no section and goes to the first."""
    made: list[Passage] = []
    for headings, fragments in _grouped(sections):
        for chunk in _chunks(fragments):
            made.append(_passage(chunk, headings, starts, extra if not made else ""))
    if not made:
        made.append(Passage("", extra, Span(0, size), 0, (), ()))
    return tuple(made)


def _passage(chunk: Sequence[Fragment], headings: tuple[str, ...], starts: list[int], extra: str) -> Passage:
    prose = chunk[0].prose if len(chunk) == 1 else joined([block.prose for block in chunk], "\n")
    words = [block.extra for block in chunk if block.extra]
    if extra:
        words.append(extra)
    start, end = chunk[0].start, max([block.end for block in chunk])
    return Passage(prose.text, "\n".join(words), Span(start, end), line_at(starts, start), headings, prose.anchors)


def _grouped(sections: Sequence[Section]) -> Iterator[tuple[tuple[str, ...], list[Fragment]]]:
    """Heading path and fragments of each section; neighbours that are tiny and share a parent come as one."""
    filled = [section for section in sections if section.fragments]
    for parent, group in groupby(filled, _parent_if_tiny):
        members = list(group)
        if parent is None:
            for section in members:
                yield section.headings, _with_words(section)
            continue
        for few in _packed(members):
            if len(few) == 1:
                yield few[0].headings, _with_words(few[0])
            else:
                yield parent, [block for section in few for block in _headed(section)]


def _parent_if_tiny(section: Section) -> tuple[str, ...] | None:
    words = sum([block.words for block in section.fragments])
    return section.headings[:-1] if words < TINY_WORDS and section.headings else None


def _packed(sections: Iterable[Section]) -> Iterator[list[Section]]:
    few: list[Section] = []
    words = 0
    for section in sections:
        more = weight(section.heading.text) + sum(block.words for block in section.fragments)
        if few and words + more > MAX_WORDS:
            yield few
            few, words = [], 0
        few.append(section)
        words += more
    if few:
        yield few


def _headed(section: Section) -> list[Fragment]:
    return [fragment(section.heading, "", section.start, section.start), *section.fragments]


def _with_words(section: Section) -> list[Fragment]:
    """The section's fragments; one that holds only code or links is found and shown by its heading."""
    if section.heading.text and not any(block.prose.text for block in section.fragments):
        return _headed(section)
    return section.fragments


def _chunks(fragments: Sequence[Fragment]) -> Iterator[Sequence[Fragment]]:
    """Neighbouring fragments together, each chunk as near to an equal share as sentence ends allow."""
    total = sum([block.words for block in fragments])
    if total <= MAX_WORDS:
        yield fragments
        return
    share = total / ceil(total / MAX_WORDS)
    chunk: list[Fragment] = []
    words = 0
    for block in (piece for whole in fragments for piece in _split(whole, share)):
        more = block.words
        if (words and words + more > MAX_WORDS) or words >= share:
            yield chunk
            chunk, words = [], 0
        chunk.append(block)
        words += more
    if chunk:
        yield chunk


def _split(whole: Fragment, share: float) -> list[Fragment]:
    """A fragment over the limit in pieces of whole sentences, or of whole words where a sentence is too long."""
    text = whole.prose.text
    if whole.words <= MAX_WORDS:
        return [whole]
    pieces: list[tuple[int, int]] = []
    words = 0
    for start, end in (piece for span in sentences(text) for piece in _cut(text, *span)):
        more = weight(text[start:end])
        if pieces and words + more <= share:
            pieces[-1] = (pieces[-1][0], end)
            words += more
        else:
            pieces.append((start, end))
            words = more
    return _fragments(whole, pieces)


def _fragments(whole: Fragment, pieces: Sequence[tuple[int, int]]) -> list[Fragment]:
    proses = [part(whole.prose, start, end) for start, end in pieces]
    return [
        fragment(prose, "" if index else whole.extra, place(prose, 0), place(prose, len(prose.text) - 1) + 1)
        for index, prose in enumerate(proses)
    ]


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span in pieces of at most `MAX_WORDS`."""
    while end - start > MAX_WORDS and weight(text[start : min(end, start + _WINDOW)]) > MAX_WORDS:
        size = _fitting(text, start, end)
        yield start, start + size
        start += size
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _fitting(text: str, start: int, end: int) -> int:
    """How many characters from `start` make up about `MAX_WORDS`, up to a word's end where there is one near."""
    window = text[start : min(end, start + _WINDOW)]
    size = max(len(window) * MAX_WORDS // max(weight(window), MAX_WORDS), 1)
    space = window.rfind(" ", max(size - _MAX_WORD, 1), size)
    return space if space > 0 else size
