"""Features to a score: a linear model with a few hidden units beside it, and the probability that a person would call
the two notes related.

The weights were fitted on public vaults by `bench/fit.py`, which wrote `weights.json`, or on the user's own by
tune.py; nothing is learned here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.tuned import Tuned
from recall_lsp.index.vault import Vault
from recall_lsp.recall.evidence import EVIDENCE
from recall_lsp.recall.features import FEATURES

_FEW = EVIDENCE.index("few")
_LENIENCE = 0.6
"""Among few notes doubt counts for less: linked notes, which the model learned from, are the nearest of those that
belong to a moment."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`rank` [features] orders the candidates of one moment, together with hidden units: `units` [features, units],
    their `bias` [units] and what they `say` [units].  `related` [evidence + 1] is the logistic model that tells how
    probably each is related at all (the last is its intercept), `by_words` the same where nothing is told by meaning.
    """

    rank: NDArray[np.float32]
    units: NDArray[np.float32]
    bias: NDArray[np.float32]
    say: NDArray[np.float32]
    related: NDArray[np.float32]
    by_words: NDArray[np.float32]


@cache
def default_weights() -> Weights:
    """The weights that ship in the package.  Raises KeyError when they do not fit FEATURES (a test holds that)."""
    return weights_from(json.loads((files("recall_lsp.recall") / "weights.json").read_text(encoding="utf-8")))


def weights_of(vault: Vault) -> Weights:
    """The vault's own weights where it was tuned for this model and these features, else the default."""
    tuned = vault.tuned
    return default_weights() if unfit(tuned, vault.model_id) or not tuned.rank else _tuned_weights(tuned)


def unfit(tuned: Tuned, model_id: str) -> str:
    """Why a tuning is not used with this model ("" while none is known), in words; "" when it is, or there is none."""
    if tuned.problem or not tuned.rank:
        return tuned.problem
    if tuned.rank.keys() != set(FEATURES) or tuned.story.get("beside") != units_mark(default_weights()):
        return "This folder was tuned by another version of recall-lsp: run `recall-lsp tune` on it again."
    if model_id and model_id != tuned.model_id:
        return "This folder was tuned with another model: run `recall-lsp tune` on it again."
    return ""


def units_mark(weights: Weights) -> int:
    """Another for other hidden units: what was tuned beside some is of no use beside others."""
    return crc32(weights.units.tobytes() + weights.bias.tobytes() + weights.say.tobytes())


@lru_cache(maxsize=16)
def _tuned_weights(tuned: Tuned) -> Weights:
    return replace(default_weights(), rank=np.array([tuned.rank[name] for name in FEATURES], np.float32))


def weights_from(table: Mapping[str, Mapping[str, Any]]) -> Weights:
    """Weights from a table {"rank": {feature: weight}, "units": {feature: a weight for each hidden unit, "bias": their
    bias, "say": what they say}, "related" and "by_words": {evidence: weight, "intercept": weight}}.  Units do not hear
    features that are not named there."""
    rank = np.array([table["rank"][name] for name in FEATURES], np.float32)
    units = table["units"]
    bias, say = (np.array(units[name], np.float32) for name in ("bias", "say"))
    inward = np.array([units.get(name, np.zeros(len(say))) for name in FEATURES], np.float32)
    logistic = (
        np.array([*(table[name].get(clue, 0.0) for clue in EVIDENCE), table[name]["intercept"]], np.float32)
        for name in ("related", "by_words")
    )
    return Weights(rank, inward, bias, say, *logistic)


def score(features: NDArray[np.float32], weights: Weights) -> NDArray[np.float32]:
    """Scores [n] of the candidates' features [n, len(FEATURES)]; they order, and mean nothing else."""
    return np.asarray(features @ weights.rank + bent(features, weights), np.float32)


def bent(features: NDArray[np.float32], weights: Weights) -> NDArray[np.float32]:
    """What the hidden units say [n]: the part of the scores that tuning leaves as it is."""
    return np.asarray(np.tanh(features @ weights.units + weights.bias) @ weights.say, np.float32)


def probability(evidence: NDArray[np.float32], weights: Weights, *, by_meaning: bool) -> NDArray[np.float32]:
    """[n] estimated probabilities that the notes are related to the moment, from evidence [n, len(EVIDENCE)];
    `by_meaning` where vectors were asked and the model knows the language."""
    logistic = weights.related if by_meaning else weights.by_words
    chances = 1.0 / (1.0 + np.exp(-(evidence @ logistic[:-1] + logistic[-1])))
    return np.asarray(chances ** np.exp(-_LENIENCE * evidence[:, _FEW]), np.float32)
