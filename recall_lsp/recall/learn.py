"""Learning to rank from one vault's links: weights near the defaults, and a linear map of what is asked.

Pure: features and vectors in, weights and a map out.  Nothing here decides whether to use them (tune.py does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
_LEAST_SPREAD = 1e-3
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Example:
    """A question's candidates: their features [n, features], which are gold [n], how many gold notes there are, found
    or not, and the part of their scores [n] that is not learned."""

    features: NDArray[np.float32]
    gold: NDArray[np.bool_]
    golds: int
    given: NDArray[np.float32]


def fit_weights(examples: Sequence[Example], start: NDArray[np.float32], hold: float) -> NDArray[np.float32]:
    """Weights [features] that make gold likeliest among its candidates (ListNet's top-one loss, Cao et al. 2007).

    `hold` pulls them to `start`: what a weight costs by which a feature's usual spread would move a score by one.
    """
    asked = [example for example in examples if example.gold.any()]
    if not asked:
        return start
    rows = np.concatenate([example.features for example in asked]).astype(np.float64)
    given = np.concatenate([example.given for example in asked]).astype(np.float64)
    target = np.concatenate([example.gold / example.gold.sum() for example in asked])
    sizes = [len(example.gold) for example in asked]
    starts = np.cumsum([0, *sizes[:-1]])
    spread = np.maximum(rows.std(axis=0), _LEAST_SPREAD)

    def loss(moved: Floats) -> tuple[float, Floats]:
        scores = given + rows @ (start + moved / spread)
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        powers = np.exp(scores)
        chances = powers / np.repeat(np.add.reduceat(powers, starts), sizes)
        value = -(target * np.log(np.maximum(chances, 1e-12))).sum() / len(asked)
        slope = rows.T @ (chances - target) / len(asked) / spread
        return value + hold * moved @ moved, slope + 2 * hold * moved

    moved = minimize(loss, np.zeros(len(start)), jac=True, method="L-BFGS-B").x
    return np.asarray(start + moved / spread, np.float32)


def fit_map(asked: NDArray[np.float32], answered: NDArray[np.float32], hold: float) -> NDArray[np.float32]:
    """The map [dims, dims] that turns what was asked [n, dims] towards what answered it [n, dims], both unit rows.

    Ridge regression in closed form, shrunk to the identity: `hold` is how many pairs the identity is worth in each
    direction of average weight.
    """
    dims = asked.shape[1]
    x, y = asked.astype(np.float64), answered.astype(np.float64)
    strength = hold / dims * np.eye(dims)
    return np.asarray(np.linalg.solve(x.T @ x + strength, x.T @ y + strength).T, np.float32)


def ndcg(example: Example, weights: NDArray[np.float32], depth: int = 10) -> float:
    """Normalised discounted cumulative gain of one question; gold that is no candidate counts as missed."""
    scores = example.given + example.features @ weights
    best = np.lexsort((np.arange(len(scores)), -scores))[:depth]
    gain = (example.gold[best] / np.log2(np.arange(2, len(best) + 2))).sum()
    return float(gain / (1 / np.log2(np.arange(2, min(depth, example.golds) + 2))).sum())


def chance_of_gain(before: Sequence[float], after: Sequence[float]) -> float:
    """The share of paired bootstrap samples in which the mean rises (Sakai 2006): noise gives about a half."""
    gains = np.asarray(after) - np.asarray(before)
    samples = np.random.default_rng(7).integers(0, len(gains), (_RESAMPLES, len(gains)))
    return float((gains[samples].mean(axis=1) > 0).mean())
