"""Logistic models with named features, as `bench/inline_fit.py` writes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

Weights = Mapping[str, float]
"""{feature: weight, "intercept": weight}"""


@cache
def ghost_weights(model: str) -> Weights:
    """The weights of one of the models that ship in the package."""
    table: dict[str, Weights] = json.loads((files("recall_lsp.recall") / "ghost.json").read_text(encoding="utf-8"))
    return table[model]


def chance(names: Sequence[str], row: Sequence[float], weights: Weights) -> float:
    """The probability that a model gives to a row of features."""
    total = weights["intercept"] + sum(weights[name] * value for name, value in zip(names, row, strict=True))
    return expit(total)


def expit(log_odds: float) -> float:
    """The probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-max(min(log_odds, 50.0), -50.0)))
