"""The logistic models of ghost text: fitted on all vaults but one, and tested on that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Rows = tuple[Array, Array]
"""Features [n, features] and which rows were right [n]."""

WEIGHTS = Path(__file__).parent.parent / "recall_lsp" / "recall" / "ghost.json"
RIDGE = 1e-3


def fit(rows: Sequence[Rows]) -> Array:
    """Weights [features + 1], the intercept last; a vault counts as the root of its number of rows."""
    rows = [(features, right) for features, right in rows if len(right)]
    features = np.concatenate([features for features, _ in rows])
    right = np.concatenate([right for _, right in rows])
    share = np.concatenate([np.full(len(right), len(right) ** -0.5) for _, right in rows])
    share /= share.sum()
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled = (features - mean) / spread

    def loss(weights: Array) -> tuple[float, Array]:
        total = scaled @ weights[:-1] + weights[-1]
        miss = share * (1 / (1 + np.exp(-total)) - right)
        value = float(share @ (np.logaddexp(0, total) - right * total) + RIDGE * weights[:-1] @ weights[:-1])
        return value, np.append(scaled.T @ miss + 2 * RIDGE * weights[:-1], miss.sum())

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B").x
    plain = found[:-1] / spread
    return np.append(plain, found[-1] - plain @ mean)


def chances(features: Array, weights: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1]))))


def original(vault: str) -> str:
    """Translations of one vault are left out together."""
    return "obsidian-help" if vault.startswith("obsidian-help") else vault


def left_out(rows: Mapping[str, Rows]) -> dict[str, Array]:
    """For each vault, the chances of its rows by weights that have not seen it."""
    found: dict[str, Array] = {}
    for name, (features, _) in rows.items():
        others = [pair for other, pair in rows.items() if original(other) != original(name)]
        found[name] = chances(features, fit(others)) if len(features) else np.zeros(0)
    return found


def write_weights(models: Mapping[str, tuple[Sequence[str], Array]]) -> None:
    """Each model's weights by the names of its features, as the package reads them."""
    table = {
        model: {name: round(float(value), 4) for name, value in zip((*names, "intercept"), weights, strict=True)}
        for model, (names, weights) in models.items()
    }
    WEIGHTS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
