"""The writer's place in an open document, as recall takes it, and the links written there.  In the vault's thread.

Readers and recall are imported when first asked: their libraries would double the server's start.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from recall_lsp.notes.link_format import format_link
from recall_lsp.notes.model import Heading, Link, Note
from recall_lsp.recall.model import Hit, Moment

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

HUGE = 200_000
"""A text of more code points is not read as a whole at each keystroke,"""
AROUND = 30_000
"""but so much to either side of the cursor."""
LONGEST_SELECTION = 4_000
LONGEST_SECTION = 2_000


@dataclass(frozen=True, slots=True)
class Nearby:
    """The part of a text that is read, as a note: all of it, unless it is huge.  `start` is its offset in the text."""

    note: Note
    text: str
    start: int


def nearby(path: str, text: str, offset: int) -> Nearby:
    start, end = 0, len(text)
    if len(text) > HUGE:
        start, end = max(offset - AROUND, 0), min(offset + AROUND, len(text))
        start = max(text.rfind("\n", 0, start) + 1, start - AROUND)  # whole lines, unless they are huge too
        line_end = text.find("\n", end, end + AROUND)
        end = line_end if line_end >= 0 else end
    part = text[start:end]
    from recall_lsp.links.notebook import read

    return Nearby(read(path, part), part, start)


def moment_of(path: str, text: str, offset: int) -> Moment:
    """The moment at `offset` of a buffer."""
    from recall_lsp.recall.moment import moment_at

    near = nearby(path, text, offset)
    return moment_at(near.note, near.text, offset - near.start)


def moment_of_selection(path: str, text: str, start: int, end: int) -> Moment:
    """The moment whose words are the selected ones."""
    words = " ".join(text[start:end][:LONGEST_SELECTION].split())
    moment = moment_of(path, text, start)
    return replace(moment, sentence=words, paragraph=words) if words else moment


def paragraph_at(text: str, offset: int) -> tuple[int, int]:
    from recall_lsp.recall.moment import paragraph_span

    return paragraph_span(text, offset)


def moment_on_line(path: str, text: str, offset: int, line: tuple[int, int]) -> tuple[Moment, tuple[int, int]] | None:
    """The moment at `offset`, and the place of what it is about: the paragraph; on a heading, that and its section.

    `line` is the place of the cursor's line.  None where it holds no prose: code, front matter, nothing.
    """
    near = nearby(path, text, offset)
    start, end = line[0] - near.start, line[1] - near.start
    for heading in near.note.headings:
        if heading.span.start < end and heading.span.end > start:
            begin = near.start + heading.span.start
            stop = begin + len(text[begin : near.start + heading.span.end].rstrip())
            words = section_words(near.note, heading)
            return replace(moment_of(path, text, offset), sentence=heading.text, paragraph=words), (begin, stop)
    if any(first < last for first, last in (passage.in_text(start, end) for passage in near.note.passages)):
        return moment_of(path, text, offset), paragraph_at(text, offset)
    return None


def moment_wherever(path: str, text: str, offset: int, line: tuple[int, int]) -> Moment:
    """As `moment_on_line`; where the line holds no prose, of what is nearest: on a blank line, what was just said."""
    found = moment_on_line(path, text, offset, line)
    return moment_of(path, text, offset) if found is None else found[0]


def related_notes(vault: Vault, moment: Moment, limit: int, quiet: float) -> tuple[Hit, ...]:
    """Recall, remembered for the last few moments: each letter typed into a menu asks for the same one again."""
    return _related(vault, vault.revision, vault.feedback.hidden(moment.note.path), moment, limit, quiet)


@lru_cache(maxsize=8)
def _related(
    vault: Vault, revision: int, hidden: frozenset[str], moment: Moment, limit: int, quiet: float
) -> tuple[Hit, ...]:
    from recall_lsp.recall.band import falling
    from recall_lsp.recall.related import related

    return falling(related(vault, moment, limit, quiet))


def link_at(near: Nearby, offset: int) -> Link | None:
    """The link that holds a place of the text."""
    place = offset - near.start
    return next((link for link in near.note.links if link.span.start <= place < link.span.end), None)


def link_to(vault: Vault, path: str, title: str, source: str, heading: str = "") -> str:
    """The text that links from `source` to a note, or to a heading of it, as this vault writes links."""
    logseq = _is_logseq(vault.root)
    return format_link(vault.link_style, path, title, source, vault.ambiguous(path), logseq, heading)


def section_words(note: Note, heading: Heading) -> str:
    """A heading's words and the prose below it, up to the next heading that is no deeper."""
    no_deeper = (other.span.start for other in note.headings if other.level <= heading.level)
    end = next((start for start in no_deeper if start > heading.span.start), 1 << 60)
    below = [passage.text[slice(*passage.in_text(heading.span.end, end))].strip() for passage in note.passages]
    return "\n".join([heading.text, *filter(None, below)])[:LONGEST_SECTION]


@lru_cache(maxsize=16)
def _is_logseq(root: Path) -> bool:
    """Logseq's links hold a title and nothing else."""
    return (root / "logseq" / "config.edn").is_file()
