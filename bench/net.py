"""A linear model of features with a few hidden units beside it, fitted to put the linked notes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_UNITS, _STEPS = 8, 60
_RIDGE = (2e-3, 2e-2, 0.0, 2e-2)
"""Of the parts of a net, over features divided by their spread."""
_LEAST_SPREAD = 1e-3

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Example = tuple[Singles, NDArray[np.bool_], Singles]
"""Features [n, features], which are gold [n], and what is added to the scores [n]."""


class Net(NamedTuple):
    """As in `rank.Weights`: `rank` [features], `units` [features, units], `bias` [units], `say` [units]."""

    rank: Singles
    units: Singles
    bias: Singles
    say: Singles


def _packed(net: Net) -> Floats:
    return np.concatenate([part.ravel() for part in net]).astype(np.float64)


def _unpacked(flat: NDArray[Any]) -> Net:
    width = (len(flat) - 2 * _UNITS) // (1 + _UNITS)
    rank, units, bias, say = np.split(flat.astype(np.float32), np.cumsum([width, width * _UNITS, _UNITS]))
    return Net(rank, units.reshape(width, _UNITS), bias, say)


def fit_net(examples: Sequence[Example], each: Sequence[float], heard: NDArray[np.bool_], seed: int) -> Net:
    """The net under which gold is likeliest (softmax), each example with its say; computed in float32, for speed.

    The hidden units have the features that are `heard` [features], the linear part all.
    """
    rows, given = (np.concatenate([example[at] for example in examples]).astype(np.float32) for at in (0, 2))
    spread = np.maximum(rows.std(axis=0), _LEAST_SPREAD)
    rows /= spread
    target = np.concatenate([gold / gold.sum() for _, gold, _ in examples]).astype(np.float32)
    sizes = [len(gold) for _, gold, _ in examples]
    starts, say = np.cumsum([0, *sizes[:-1]]), np.repeat(np.array(each, np.float32), sizes)
    begin = _by_chance(rows.shape[1], seed)
    begin = begin._replace(units=begin.units * heard[:, None])
    ridge = _packed(Net(*(np.full_like(part, much) for part, much in zip(begin, _RIDGE, strict=True))))

    def loss(flat: Floats) -> tuple[float, Floats]:
        net = _unpacked(flat)
        bent = np.tanh(rows @ net.units + net.bias)
        scores = given + rows @ net.rank + bent @ net.say
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        powers = np.exp(scores)
        sums = np.add.reduceat(powers, starts)
        value = -(say * target * (scores - np.repeat(np.log(sums), sizes))).sum(dtype=np.float64)
        slope = say * (powers / np.repeat(sums, sizes) - target)
        inward = slope[:, None] * net.say * (1 - bent**2)
        down = _packed(Net(rows.T @ slope, (rows.T @ inward) * heard[:, None], inward.sum(axis=0), bent.T @ slope))
        return float(value + ridge @ flat**2), down + 2 * ridge * flat

    found = minimize(loss, _packed(begin), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    net = _unpacked(found)
    return net._replace(rank=net.rank / spread, units=net.units / spread[:, None])


def _by_chance(width: int, seed: int) -> Net:
    dice = np.random.default_rng(seed)
    units, say = (dice.normal(0, 0.1, shape).astype(np.float32) for shape in ((width, _UNITS), (_UNITS,)))
    return Net(np.zeros(width, np.float32), units, np.zeros(_UNITS, np.float32), say)
