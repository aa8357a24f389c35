"""How sure recall is of a hit, in a word."""

from __future__ import annotations

from typing import Literal

Band = Literal["strong", "likely", "maybe"]


def band(probability: float) -> Band:
    """The word for a hit's probability: of ten strong ones, at least seven would be called related by a person."""
    if probability >= 0.7:
        return "strong"
    return "likely" if probability >= 0.5 else "maybe"
