from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from recall_lsp.config import Options
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.rank import default_weights, probability, score


def test_the_shipped_weights_fit_the_features() -> None:
    weights = default_weights()
    assert weights.rank.shape == (len(FEATURES),)
    assert weights.related.shape == (len(FEATURES) + 1,)
    table = json.loads((files("recall_lsp.recall") / "weights.json").read_text(encoding="utf-8"))
    assert set(table["rank"]) == set(FEATURES)
    assert set(table["related"]) <= {*FEATURES, "intercept"}
    assert weights.by_words.shape == weights.related.shape


@pytest.mark.parametrize("by_meaning", [True, False])
def test_more_shared_is_more_probable_and_ranks_higher(by_meaning: bool) -> None:
    weights = default_weights()
    nothing = np.zeros((1, len(FEATURES)), np.float32)
    much = nothing.copy()
    for name in (
        "title_covered",
        "bm25_note",
        "bm25_passage",
        "share_note",
        "share_passage",
        "cosine",
        "rank_cosine",
        "rank_note",
    ):
        much[0, FEATURES.index(name)] = 0.9
    low, high = (float(probability(row, weights, by_meaning=by_meaning)[0]) for row in (nothing, much))
    assert 0 <= low < Options().quiet < 0.6 < high <= 1
    assert score(much, weights)[0] > score(nothing, weights)[0]


def test_no_candidates() -> None:
    empty = np.zeros((0, len(FEATURES)), np.float32)
    weights = default_weights()
    assert score(empty, weights).shape == probability(empty, weights, by_meaning=True).shape == (0,)
