"""One pass over a Markdown text: what is gathered of a block, and its end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from recall_lsp.notes.draft import Draft, Fragment, line_at, weight
from recall_lsp.notes.inline import cleaned, is_noisy, tags
from recall_lsp.notes.model import Block, Span
from recall_lsp.notes.prose import EMPTY, Prose, from_pieces, place, stripped

HARD_BREAK = "\x1e"
# A line that its writer broke before this was meant to end there; longer ones are wrapped text.
_WRAPPED_FROM = 50


class Scan:
    """The state of the pass; all places are code points.  `at` turns pyromark's bytes into them."""

    __slots__ = ("at", "dendron", "draft", "links", "noisy", "pieces", "source", "untagged", "words")

    def __init__(self, draft: Draft, source: str, at: Sequence[int]) -> None:
        self.draft = draft
        self.source = source
        self.noisy = is_noisy(source)
        self.at = at
        self.pieces: list[tuple[str, int]] = []
        self.words: list[str] = []
        self.untagged: list[tuple[int, int]] = []
        self.links: list[tuple[Mapping[str, Any], int]] = []
        # Dendron alone writes [[label|target]], and it gives each note an id.
        self.dendron = bool(draft.blocks)

    def take(self) -> Prose:
        """What was gathered since the last block ended."""
        pieces = self.pieces
        if not pieces:
            return EMPTY
        prose = from_pieces(pieces)
        pieces.clear()
        text = prose.text
        if "\n" not in text and HARD_BREAK not in text:
            return prose
        return Prose(_unwrapped(text).replace(HARD_BREAK, "\n"), prose.anchors)

    def end_block(self) -> None:
        """What was gathered becomes a fragment of the section."""
        if self.pieces:
            self.add(self.take())

    def add(self, raw: Prose) -> None:
        """A block's prose, with the words that wait to be searched with it; without any they wait on."""
        if not raw.text:
            return
        prose, extra = self.cleaned(raw)
        text = prose.text
        if "#" in text:
            self._take_tags(prose)
        if self.words:
            extra = " ".join([extra, *self.words])
            self.words.clear()
        if text or extra:
            start, end = _bounds(prose if text else raw)
            self.draft.sections[-1].fragments.append(Fragment(prose, extra, start, end, weight(text)))

    def cleaned(self, raw: Prose) -> tuple[Prose, str]:
        """Prose without what is no prose, and the words taken out; block ids go into the draft."""
        if not self.noisy:
            return stripped(raw), ""
        prose, extra, blocks = cleaned(raw)
        for name, offset in blocks:
            start = place(raw, offset)
            block = Block(name, Span(start, start + len(name) + 1), line_at(self.draft.starts, start))
            self.draft.blocks.append(block)
        return prose, extra

    def _take_tags(self, prose: Prose) -> None:
        for name, offset in tags(prose.text):
            where = place(prose, offset)
            before = bisect_right(self.untagged, where, key=itemgetter(0)) - 1
            if before < 0 or where >= self.untagged[before][1]:
                self.draft.tags.append(name)


def _unwrapped(text: str) -> str:
    """Lines that were full go on with a space."""
    *lines, last = text.split("\n")
    return "".join([line + (" " if len(line) >= _WRAPPED_FROM else "\n") for line in lines]) + last


def _bounds(prose: Prose) -> tuple[int, int]:
    """The file offsets between which the prose stands."""
    (_, start), (in_text, in_file) = prose.anchors[0], prose.anchors[-1]
    return start, in_file + len(prose.text) - in_text
