"""How sure recall is of a hit, in a word."""

from __future__ import annotations

from typing import Literal

Band = Literal["strong", "likely", "maybe"]


_STRONG, _LIKELY = 0.95, 0.8
"""Of texts that have nothing to do with a vault, 1 in 160 and 1 in 45 bring up a hit as probable as that; of the
linked notes that are found, two in three and six in seven are (bench/SILENCE.md)."""


def band(probability: float) -> Band:
    """The word for a hit's probability."""
    if probability >= _STRONG:
        return "strong"
    return "likely" if probability >= _LIKELY else "maybe"
