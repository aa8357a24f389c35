"""How sure recall is of a hit, in a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

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


def surest_first(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """For the eye: by these words, and within each in the order given.  What is best and how sure that is are asked of
    two models, and in one list of five a "maybe" would stand above a "likely"."""
    return tuple(sorted(hits, key=lambda hit: get_args(Band).index(band(hit.score))))
