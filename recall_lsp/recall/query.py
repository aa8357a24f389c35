"""A moment as weighted terms and vectors: what is asked of the two views."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

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
_EMBEDDED = 500
"""Letters, some 10 ms of the model.  Nineteen of twenty paragraphs are shorter; cutting the others to so much left
nDCG@10 where it was."""


@dataclass(frozen=True)
class Query:
    """`words` are the paragraph's terms with their weights, `note_words` those of the note so far.

    `telling` are all the paragraph's terms but for stop words, also those that stand nowhere (idf 0).
    `knows_language` tells whether the model was made for the language of the moment.
    """

    language: str
    paragraph: str
    words: Mapping[str, float]
    note_words: Mapping[str, float]
    idf: Mapping[str, float]
    telling: frozenset[str]
    knows_language: bool
    _vault: Vault
    _moment: Moment

    @cached_property
    def meaning(self) -> NDArray[np.float32] | None:
        """Unit vector [dims] of the paragraph, None without a model.  The model runs when it is first asked for."""
        return self._vault.tuned.turned(self._encoded(), self._vault.model_id)

    @cached_property
    def note_meaning(self) -> NDArray[np.float32] | None:
        """The same of the note so far."""
        meaning = self._encoded()
        return None if meaning is None else _so_far_meaning(self._vault, self._moment, meaning)

    def _encoded(self) -> NDArray[np.float32] | None:
        return self._vault.encode(_at_hand(self.paragraph, self._moment.sentence))


def make_query(vault: Vault, moment: Moment) -> Query:
    language = vault.language_of(moment.note)
    paragraph = moment.paragraph or " ".join(moment.headings[-1:])
    counts = Counter(terms(paragraph, language))
    at_hand = frozenset(terms(moment.sentence, language))
    wanted = {term: min(count, 3) + 0.5 * (term in at_hand) for term, count in counts.items()}
    note_counts = Counter(terms(_so_far(moment), language))
    idf = {term: vault.idf[term] for term in counts.keys() | note_counts.keys()}
    known = vault.encoder is not None and (
        vault.encoder.languages is None or not language or language in vault.encoder.languages
    )
    return Query(
        language=language,
        paragraph=paragraph,
        words=_heaviest(wanted, idf, _TERMS),
        note_words=_heaviest({term: 1 + math.log(count) for term, count in note_counts.items()}, idf, _NOTE_TERMS),
        idf=idf,
        telling=frozenset(counts) - stop_terms(language),
        knows_language=known,
        _vault=vault,
        _moment=moment,
    )


def _at_hand(paragraph: str, sentence: str) -> str:
    """What of a long paragraph is embedded: the sentence at hand, what led to it, and then what follows it."""
    end = max(paragraph.find(sentence), 0) + len(sentence)
    start = max(0, end - _EMBEDDED)
    return paragraph[start : start + _EMBEDDED]


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
