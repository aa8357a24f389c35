"""A moment of writing to ghost text: the writer's own words or a link, most probable first, or silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from recall_lsp.index.vault import Vault
from recall_lsp.notes.model import Note
from recall_lsp.recall.continuation import Continuation, Search, likely, search
from recall_lsp.recall.foretold import LOOKED_AT, Foretold, learned, surer, unsure
from recall_lsp.recall.model import Hit
from recall_lsp.recall.naming import named_note
from recall_lsp.recall.writable import repeats
from recall_lsp.recall.written import NONE_OPEN, Buffers

MOST = 3
BY_HAND = 0.1
"""Who asks is shown what is less probable than what comes by itself."""
LINK_MARGIN = 0.1
"""By so much more must a link be probable than a continuation: it takes the place of what was written."""
STRONG = 0.8
"""Least probability that a note is related, for a link to it after a sentence or a quotation from it."""
_SENTENCE_ENDS = re.compile(r"(?:[.!?…][\"'”’»)\]]*[ \t]?|[。！？])$")

Kind = Literal["continuation", "link", "reference"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A continuation's `text` comes at the cursor.  The others lead to the note at `path` with its `title` (and
    `heading`): a link takes the place of the buffer's [start:end], a reference comes at the cursor.
    """

    kind: Kind
    path: str
    chance: float
    text: str = ""
    start: int = 0
    end: int = 0
    title: str = ""
    heading: str = ""


def continued(
    vault: Vault,
    path: str,
    text: str,
    offset: int,
    language: str,
    sure: float,
    foretold: Foretold | None = None,
    buffers: Buffers = NONE_OPEN,
) -> list[Offer]:
    """Continuations of which at least `sure` is expected in this vault, the best first, then less sure alternatives.

    With `foretold` the writer did not ask: what is typed here teaches how sure that is, and where nothing is sure there
    is nothing.
    """
    least = min(sure, BY_HAND)
    found = search(vault, path, text, offset, language, buffers)
    if foretold is None:
        return _best(_sure_of(vault, found, text, offset, least), sure)
    for chance, right in foretold.answers(path, text, offset):
        vault.assured.learn(learned(vault.assured.known(), chance, right))
    looked_at = _sure_of(vault, found, text, offset, min(sure, LOOKED_AT))
    looked_at = [one for one in looked_at if not foretold.was_passed_by(text, offset, one.text)]
    if not looked_at:
        return []
    first = min(looked_at, key=lambda one: _rank(one, sure))
    foretold.foretell(path, text, offset, first.text, first.chance)
    if first.chance < sure:
        return []
    shown = _sure_of(vault, found, text, offset, least)
    return _best([one for one in shown if not foretold.was_passed_by(text, offset, one.text)], sure)


def _sure_of(vault: Vault, found: Search | None, text: str, offset: int, least: float) -> list[Continuation]:
    """Those that add something, with their chance in this vault, which is `least` or more."""
    assurance = vault.assured.known()
    return [
        replace(one, chance=surer(assurance, one.chance))
        for one in likely(found, unsure(assurance, least))
        if not repeats(text, offset, one.text)
    ]


def _rank(one: Continuation, sure: float) -> tuple[bool, float]:
    """The sure ones first, so that who asks for others still has before them what was shown unasked."""
    return one.chance < sure, -one.chance * len(one.text)


def _best(found: Sequence[Continuation], sure: float) -> list[Offer]:
    best: list[Continuation] = []
    for one in sorted(found, key=lambda one: _rank(one, sure)):
        # Alternatives that begin alike are none: a part of an offer can be taken word by word.
        if not any(_alike(one.text, other.text) for other in best):
            best.append(one)
    return [Offer("continuation", one.path, one.chance, one.text) for one in best[:MOST]]


def _alike(some: str, other: str) -> bool:
    return some.startswith(other) or other.startswith(some)


def named(vault: Vault, path: str, note: Note, text: str, offset: int, language: str, sure: float) -> list[Offer]:
    """The note that the words just finished name, unless they are a link already."""
    found = named_note(vault, path, text, offset, language, vault.outlinks(note))
    if found is None or found.chance < sure + LINK_MARGIN:
        return []
    if any(link.span.start < found.end and found.start < link.span.end for link in note.links):
        return []
    offer = Offer("link", found.path, found.chance, "", found.start, found.end, found.title, found.heading)
    return [offer]


def ends_sentence(text: str, offset: int) -> bool:
    return _SENTENCE_ENDS.search(text[max(offset - 8, 0) : offset]) is not None


def referred(hits: Sequence[Hit], path: str, least: float = STRONG) -> Iterator[Offer]:
    """A link after a sentence to a note that belongs to it."""
    for hit in hits[:1]:
        if hit.score >= least and not hit.linked and hit.path != path:
            yield Offer("reference", hit.path, hit.score, title=hit.title)
