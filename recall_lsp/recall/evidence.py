"""Whether anything is related at all: what is known of a candidate, and of the moment as the whole vault sees it.

What orders the candidates of one moment tells little of whether the best of them is worth showing.  A paragraph that
belongs to the vault uses its words, and lies as near to some passage as the vault's passages lie to one another.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.lexical import inverse_frequency
from recall_lsp.index.vault import Vault
from recall_lsp.recall.features import FEATURES, FEW
from recall_lsp.recall.query import Query

WORDS_EVIDENCE = (
    "share_note", "share_passage", "title_covered", "title_so_far", "rank_note", "length",
    "co_cited", "links_here", "two_steps", "votes",
    "unheard", "unheard_terms", "terms", "best_note", "best_passage", "few",
)  # fmt: skip
"""What is known without a model, or where the model does not know the language."""
EVIDENCE = (
    *WORDS_EVIDENCE, "cosine", "cosine_z", "cosine_so_far", "both", "hub", "best_near", "good_near", "best_so_far",
)  # fmt: skip
_GOOD = 20
_LEAST = 20
"""Of vaults of fewer notes nothing was learned: they count as so many."""
_AT = {name: at for at, name in enumerate(FEATURES)}

Floats = NDArray[np.float32]


def evidence(vault: Vault, query: Query, features: Floats, *, new: bool) -> Floats:
    """The table [n, len(EVIDENCE)] of candidates by their features; `new` where the note is not in the index.

    What `best_near` and its like say of meaning is 0 where the model does not know the language.
    """
    column = {name: features[:, at] for name, at in _AT.items()}
    table = np.zeros((len(EVIDENCE), len(features)), np.float32)
    if len(features):
        told = dict(zip(EVIDENCE, table, strict=True))
        for name in EVIDENCE:
            if name in _AT:
                told[name][:] = column[name]
        told["unheard"][:], told["unheard_terms"][:] = _strangeness(vault, query, new=new)
        told["terms"][:] = math.log1p(len(query.telling))
        told["few"][:] = fewness(len(vault.entries))
        told["best_note"][:], told["best_passage"][:] = column["share_note"].max(), column["share_passage"].max()
        if vault.meaning is not None and query.meaning is not None and query.knows_language:
            typical, cosines = vault.meaning.typical(), np.sort(column["cosine"])[::-1]
            told["best_near"][:], told["good_near"][:] = cosines[0] - typical, cosines[:_GOOD].mean() - typical
            told["best_so_far"][:] = column["cosine_so_far"].max()
    return np.ascontiguousarray(table.T)


def fewness(notes: int) -> float:
    """0 from FEW notes on: of fewer, even what belongs to them says much that none of them knows."""
    return math.log(FEW / min(max(notes, _LEAST), FEW))


def _strangeness(vault: Vault, query: Query, *, new: bool) -> tuple[float, float]:
    """(share of the paragraph's information, share of its terms) that no other note knows."""
    size = 0 if vault.lexical is None else vault.lexical.size
    nowhere = inverse_frequency(0, size)
    least = inverse_frequency(0 if new else 1, size) - 1e-6  # the note on disk most likely says it too
    weights = [query.idf[term] or nowhere for term in query.telling]
    unheard = [weight for weight in weights if weight >= least]
    return sum(unheard) / (sum(weights) or 1.0), len(unheard) / max(len(weights), 1)
