"""What a code lens tells: how many notes are related to a heading's section or to a paragraph, and since when.

The answers of a document are kept by the words that they are about, since an editor asks anew for all of them after
each edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.moments import moment_on_line, nearby, paragraph_at, related_notes, section_words

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.index.vault import Vault
    from recall_lsp.lsp.moments import Nearby
    from recall_lsp.recall.model import Hit

MOST = 200
"""Lenses of one document, and documents whose answers are kept times that."""

_FEW = 8
"""A paragraph of fewer words has no lens."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A place in a document and the words there that it is about."""

    offset: int
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    count: int
    oldest: int | None


NOTHING = Told(0, None)


class Answers:
    """Answers by (path, words): what is known already is not asked again, and silence takes no room."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Told] = {}

    def clear(self) -> None:
        self._told.clear()

    def silent(self, path: str, lens: Lens) -> bool:
        return self._told.get((path, lens.words)) == NOTHING

    def tell(self, vault: Vault, options: Options, path: str, snapshot: Snapshot, offset: int) -> Told:
        """What the lens at `offset` tells as the document stands."""
        number = snapshot.line_at(offset)
        lens = next((lens for lens in lenses(path, snapshot, options) if snapshot.line_at(lens.offset) == number), None)
        if lens is None:
            return NOTHING
        key = (path, lens.words)
        if key not in self._told:
            if len(self._told) >= 10 * MOST:
                self._told.clear()
            found = moment_on_line(path, snapshot.text, lens.offset, snapshot.line_span(number))
            hits = related_notes(vault, found[0], options.limit, options.quiet) if found is not None else ()
            self._told[key] = summary(hits)
        return self._told[key]


def summary(hits: Sequence[Hit]) -> Told:
    years = [hit.written.year for hit in hits if hit.written is not None]
    return Told(len(hits), min(years, default=None))


def words_of(told: Told) -> str:
    """As in "3 related, oldest 2019"; "" for none."""
    oldest = "" if told.oldest is None else f", oldest {told.oldest}"
    return f"{told.count} related{oldest}" if told.count else ""


def lenses(path: str, snapshot: Snapshot, options: Options) -> list[Lens]:
    """Where lenses may stand, in order; of a huge document, near its beginning only."""
    if options.code_lens == "off":
        return []
    near = nearby(path, snapshot.text, 0)
    found = _headings(near) if options.code_lens == "heading" else _paragraphs(near)
    return [lens for lens, _ in zip(found, range(MOST), strict=False)]


def _headings(near: Nearby) -> Iterator[Lens]:
    for heading in near.note.headings:
        yield Lens(near.start + heading.span.start, section_words(near.note, heading))


def _paragraphs(near: Nearby) -> Iterator[Lens]:
    """Paragraphs of prose: those that a passage holds, and that are more than a few words."""
    done = 0
    for passage in near.note.passages:
        place = max(passage.span.start, done)
        while place < passage.span.end:
            start, end = paragraph_at(near.text, place)
            words = passage.text[slice(*passage.in_text(start, end))]
            if start >= done and len(words.split()) >= _FEW:
                yield Lens(near.start + start, words)
            done = max(end, place) + 1
            rest = near.text[done : passage.span.end]
            place = done + len(rest) - len(rest.lstrip())
