"""A moment as weighted terms and vectors: what is asked of the two views."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.terms import stop_terms, terms
from recall_lsp.index.vault import Vault
from recall_lsp.notes.model import Passage
from recall_lsp.recall.model import Moment

_TERMS = 48
_NOTE_TERMS = 32
_NOTE_LETTERS = 20_000
_NOTE_PASSAGES = 64


@dataclass(frozen=True, slots=True)
class Query:
    """`words` are the paragraph's terms with their weights, `note_words` those of the note so far.

    `telling` are all the paragraph's terms but for stop words, also those that stand nowhere (idf 0).
    `meaning` and `note_meaning` are unit vectors [dims], None without a model.  `knows_language` tells whether
    the model was made for the language of the moment.
    """

    language: str
    words: Mapping[str, float]
    note_words: Mapping[str, float]
    idf: Mapping[str, float]
    telling: frozenset[str]
    meaning: NDArray[np.float32] | None
    note_meaning: NDArray[np.float32] | None
    knows_language: bool


def make_query(vault: Vault, moment: Moment) -> Query:
    language = vault.language_of(moment.note)
    paragraph = moment.paragraph or " ".join(moment.headings[-1:])
    counts = Counter(terms(paragraph, language))
    at_hand = frozenset(terms(moment.sentence, language))
    wanted = {term: min(count, 3) + 0.5 * (term in at_hand) for term, count in counts.items()}
    note_counts = Counter(terms(_so_far(moment), language))
    idf = {term: vault.inverse_frequency(term) for term in counts.keys() | note_counts.keys()}
    known = vault.encoder is not None and (
        vault.encoder.languages is None or not language or language in vault.encoder.languages
    )
    meaning = vault.encode(paragraph)
    return Query(
        language=language,
        words=_heaviest(wanted, idf, _TERMS),
        note_words=_heaviest({term: 1 + math.log(count) for term, count in note_counts.items()}, idf, _NOTE_TERMS),
        idf=idf,
        telling=frozenset(counts) - stop_terms(language),
        meaning=vault.tuned.turned(meaning, vault.model_id),
        note_meaning=None if meaning is None else _so_far_meaning(vault, moment, meaning),
        knows_language=known,
    )


def _so_far(moment: Moment) -> str:
    parts = [moment.note.title, *(passage.text for passage in moment.note.passages)]
    return "\n".join(parts)[:_NOTE_LETTERS]


def _heaviest(wanted: Mapping[str, float], idf: Mapping[str, float], most: int) -> dict[str, float]:
    """The `most` terms that tell most, of those that stand anywhere at all."""
    ranked = sorted((-weight * idf[term], term) for term, weight in wanted.items() if idf[term] > 0)
    return {term: wanted[term] for _, term in ranked[:most]}


def _so_far_meaning(vault: Vault, moment: Moment, meaning: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean direction of the note so far: what is embedded of it already, and the paragraph at hand.

    Only the paragraph is embedded for a request: what was typed a moment ago elsewhere in the note can wait.
    """

    def distance(passage: Passage) -> int:
        return min(abs(passage.span.start - moment.offset), abs(passage.span.end - moment.offset))

    near = sorted((passage for passage in moment.note.passages if passage.text), key=distance)[:_NOTE_PASSAGES]
    known = vault.known_vectors(near)
    mean = meaning if not len(known) else np.vstack([known, meaning]).mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
