"""The words just typed name a note: offer the link.

Most names also stand in the prose as mere words.  How often a name that stands in the vault is a link there
(keyphraseness: Mihalcea and Csomai 2007) tells most of how probably the writer would link it here; a logistic model,
fitted by `bench/inline_fit.py`, weighs it with the rest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from recall_lsp.index.namings import LONGEST, Naming
from recall_lsp.index.phrase_words import Word, words_of
from recall_lsp.index.terms import is_unspaced
from recall_lsp.index.vault import Vault
from recall_lsp.recall.logistic import chance, ghost_weights

FEATURES = (
    "words", "letters", "linked_share", "linked", "stands", "rarity", "exact", "capital", "alias", "heading",
    "ambiguous", "known", "before", "alike", "linking", "unspaced",
)  # fmt: skip

_BEFORE = 160
_AROUND = 1_200
_ABOVE = 20_000
_LEAST_LETTERS = 3
_MOST_ALIKE = 40
_FINISHED = re.compile(r"[.:]?[\s,;!?)\"”»。、，！？][\s]?")
"""What tells that a word has ended: a full stop or a hyphen may stand within a name."""
_OPEN = re.compile(r"\[[^\]]*$|`[^`]*$")
_JOINS = "./\\-_@#&=["


@dataclass(frozen=True, slots=True)
class NamedNote:
    """`text[start:end]` of the buffer names a note, or a `heading` of it; `chance` that the writer would link it."""

    start: int
    end: int
    path: str
    title: str
    heading: str
    features: tuple[float, ...]
    chance: float


def named_note(
    vault: Vault, path: str, text: str, offset: int, language: str, linked: Collection[int]
) -> NamedNote | None:
    """The longest name that was just finished at `offset`: a letter that ends no word stands before the cursor.

    `linked` are the notes that the buffer links to already.
    """
    low = max(offset - _BEFORE, 0, text.rfind("\n", 0, offset) + 1)
    window = text[low:offset]
    words = words_of(window, language)
    if words and not words[-1].surface:
        words.pop()
    if not words or not _FINISHED.fullmatch(window, words[-1].end) or _OPEN.search(window):
        return None
    own, hidden = vault.ids.get(path, -1), vault.hides(path)
    for count in range(min(LONGEST, len(words)), 0, -1):
        some = words[-count:]
        start, end = some[0].start, some[-1].end
        if not all(word.surface for word in some) or end - start < _LEAST_LETTERS or (low and not start):
            continue
        if start and window[start - 1] in _JOINS:
            continue
        namings = vault.namings.named([word.stem for word in some])
        known = [naming for naming in namings if naming.note != own and not hidden(naming.note)]
        if known:
            return _named(vault, text[:offset], (low + start, low + end), some, known, linked, language)
    return None


def _named(
    vault: Vault,
    before: str,
    span: tuple[int, int],
    words: list[Word],
    known: list[Naming],
    linked: Collection[int],
    language: str,
) -> NamedNote:
    naming, stems = known[0], [word.stem for word in words]
    entry = vault.entries[naming.note]
    start, end = span
    written, line = before[start:end], before[before.rfind("\n", 0, start) + 1 : start]
    stands, links = vault.phrases.count(stems), len(vault.graph.backlinks(naming.note))
    values = {
        "words": math.log(len(words)),
        "letters": math.log(len(written)),
        "linked_share": math.log((links + 0.2) / (stands + links + 2)),
        "linked": math.log1p(links),
        "stands": math.log1p(stands),
        "rarity": max(map(vault.idf.__getitem__, stems)),
        "exact": written == naming.name,
        "capital": written[0].isupper() and bool(line.strip()),
        "alias": naming.kind == "alias",
        "heading": naming.kind == "heading",
        "ambiguous": math.log(len(known)),
        "known": naming.note in linked,
        "before": written in before[max(start - _ABOVE, 0) : start],
        "alike": _alike(vault, naming.note, before[-_AROUND:], language),
        "linking": math.log1p(len(linked)),
        "unspaced": is_unspaced(written[0]),
    }
    row = tuple(float(values[name]) for name in FEATURES)
    # The writer's own habit with a name bounds what others' habits let expect.
    habit = (links + 1) / (stands + 1)
    probability = min(chance(FEATURES, row, ghost_weights("link")), habit)
    heading = naming.name if naming.kind == "heading" else ""
    return NamedNote(start, end, entry.path, entry.title, heading, row, probability)


def _alike(vault: Vault, note: int, around: str, language: str) -> float:
    """How much of what the buffer says last stands in the note's beginning, by the rarity of the words."""
    first = vault.first_passage(note)
    rows = {} if first is None else vault.passages([first])
    if first is None or first not in rows:
        return 0.0
    here = {word.stem for word in words_of(around, language) if word.stem}
    there = {word.stem for word in words_of(rows[first].passage.text, vault.entries[note].language or language)}
    shared = sorted(here & there)
    return math.log1p(min(sum(map(vault.idf.__getitem__, shared)), _MOST_ALIKE))
