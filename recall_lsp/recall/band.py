"""How sure recall is of a hit, in a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Literal

from recall_lsp.recall.model import Hit

Band = Literal["strong", "likely", "maybe"]

_STRONG, _LIKELY = 0.95, 0.8
"""Of texts that have nothing to do with a vault, 1 in 160 and 1 in 45 bring up a hit as probable as that; of the
linked notes that are found, two in three and six in seven are (bench/SILENCE.md)."""


def band(probability: float) -> Band:
    """The word for a hit's probability."""
    if probability >= _STRONG:
        return "strong"
    return "likely" if probability >= _LIKELY else "maybe"


def falling(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits in their order with probabilities that never rise: of neighbours that would, all get their mean (pool
    adjacent violators, Ayer et al. 1955).  What is best and how sure that is are asked of two models, and a "maybe"
    would stand above a "likely"; to order by probability instead cost .004 nDCG@5."""
    pools: list[list[Hit]] = []
    for hit in hits:
        pools.append([hit])
        while len(pools) > 1 and _mean(pools[-2]) < _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return tuple(replace(hit, score=_mean(pool)) for pool in pools for hit in pool)


def _mean(pool: Sequence[Hit]) -> float:
    return fmean(hit.score for hit in pool)
