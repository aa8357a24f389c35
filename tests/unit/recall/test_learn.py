"""Weights and maps from examples, and whether a gain is more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recall_lsp.recall.learn import Example, chance_of_gain, fit_map, fit_weights, ndcg

START = np.array([1.0, 0.0, 0.0], np.float32)


def examples(count: int = 60) -> list[Example]:
    """Ten candidates each; the gold one is highest in the second feature, the first and third tell nothing."""
    chance = np.random.default_rng(3)
    made = []
    for _ in range(count):
        features = chance.random((10, 3)).astype(np.float32)
        made.append(Example(features, features[:, 1] == features[:, 1].max(), 1, np.zeros(10, np.float32)))
    return made


def mean_ndcg(rank: NDArray[np.float32]) -> float:
    return float(np.mean([ndcg(one, rank) for one in examples()]))


def test_weights_learn_what_tells_gold() -> None:
    rank = fit_weights(examples(), START, 0.01)
    assert rank[1] > 5 * abs(rank[2])
    assert mean_ndcg(rank) > 0.9 > mean_ndcg(START)


def test_weights_stay_where_they_are_held() -> None:
    assert np.allclose(fit_weights(examples(), START, 1e6), START, atol=1e-3)
    assert fit_weights([], START, 0.1) is START


def test_gold_that_is_no_candidate_is_missed() -> None:
    found = Example(np.eye(3, dtype=np.float32), np.array([True, False, False]), 2, np.zeros(3, np.float32))
    assert round(ndcg(found, START), 3) == 0.613


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_a_map_turns_questions_to_their_answers() -> None:
    chance = np.random.default_rng(5)
    asked = unit(chance.normal(size=(400, 8)))
    turn = np.linalg.qr(chance.normal(size=(8, 8)))[0].astype(np.float32)
    assert np.allclose(fit_map(asked, asked @ turn.T, 0.1), turn, atol=0.01)
    assert np.allclose(fit_map(asked, asked @ turn.T, 1e9), np.eye(8), atol=1e-3)


def test_noise_is_no_gain() -> None:
    chance = np.random.default_rng(9)
    before = chance.random(200)
    assert chance_of_gain(before.tolist(), (before + 0.1 * chance.random(200)).tolist()) == 1.0
    assert chance_of_gain(before.tolist(), before.tolist()) == 0.0
    noise = [chance_of_gain(before.tolist(), (before + chance.normal(size=200)).tolist()) for _ in range(40)]
    assert sum(value >= 0.95 for value in noise) <= 6
