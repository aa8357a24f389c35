"""What recall is measured against: each view alone, and the usual hybrid of the two.  Not used to answer."""

from __future__ import annotations

from collections.abc import Callable

from recall_lsp.index.vault import Vault
from recall_lsp.recall.model import Moment
from recall_lsp.recall.query import Query
from recall_lsp.recall.rank import Weights
from recall_lsp.recall.related import related

DEPTH = 100
_RRF = 60
_SHOWN = 11

Ranking = Callable[[Vault, Moment, Query], list[int]]
"""Note ids, best first; the note being written may be among them."""


def by_words(vault: Vault, moment: Moment, query: Query) -> list[int]:
    """BM25 of the whole notes."""
    return [] if vault.lexical is None else list(vault.lexical.search_notes(query.words, DEPTH).keys)


def by_meaning(vault: Vault, moment: Moment, query: Query) -> list[int]:
    """Cosine of each note's best passage."""
    if query.meaning is None or vault.matrix is None:
        return []
    return list(dict.fromkeys(vault.matrix.nearest(query.meaning, 4 * DEPTH).notes.tolist()))[:DEPTH]


def fused(vault: Vault, moment: Moment, query: Query) -> list[int]:
    """Reciprocal rank fusion of the two, k = 60 (Cormack et al. 2009)."""
    total: dict[int, float] = {}
    for ranking in (by_words(vault, moment, query), by_meaning(vault, moment, query)):
        for rank, note in enumerate(ranking):
            total[note] = total.get(note, 0.0) + 1 / (_RRF + rank + 1)
    return sorted(total, key=lambda note: (-total[note], note))


def full(weights: Weights | None = None) -> Ranking:
    """What `related` answers, however improbable; with the weights of the vault unless others are given."""

    def rank(vault: Vault, moment: Moment, query: Query) -> list[int]:
        return [vault.ids[hit.path] for hit in related(vault, moment, _SHOWN, 0.0, weights)]

    return rank
