from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from recall_lsp.config import Options
from recall_lsp.recall.evidence import EVIDENCE, WORDS_EVIDENCE
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.rank import default_weights, probability, score


def evidence_of(**known: float) -> NDArray[np.float32]:
    return np.array([[known.get(name, 0.0) for name in EVIDENCE]], np.float32)


STRANGE = evidence_of(
    unheard=0.6, unheard_terms=0.5, terms=3.0, length=0.7, best_near=-0.3, good_near=-0.35, cosine=0.2,
    best_note=0.05, best_passage=0.1, share_note=0.05, share_passage=0.1, rank_note=1.0, best_so_far=0.3,
)  # fmt: skip
KIN = evidence_of(
    unheard=0.05, unheard_terms=0.05, terms=3.0, length=0.7, best_near=0.1, good_near=-0.05, cosine=0.7, cosine_z=0.8,
    best_note=0.4, best_passage=0.5, share_note=0.4, share_passage=0.5, rank_note=1.0, best_so_far=0.7, both=1.0,
    title_covered=1.0, title_so_far=1.0, votes=0.5, cosine_so_far=0.6,
)  # fmt: skip


def test_the_shipped_weights_fit_the_features() -> None:
    weights = default_weights()
    assert weights.rank.shape == (len(FEATURES),)
    assert weights.units.shape == (len(FEATURES), len(weights.bias))
    assert weights.bias.shape == weights.say.shape
    assert weights.related.shape == weights.by_words.shape == (len(EVIDENCE) + 1,)
    table = json.loads((files("recall_lsp.recall") / "weights.json").read_text(encoding="utf-8"))
    assert set(table["rank"]) == set(FEATURES)
    assert set(table["related"]) == {*EVIDENCE, "intercept"}
    assert set(table["by_words"]) == {*WORDS_EVIDENCE, "intercept"}


def test_the_rest_of_the_note_speaks_through_the_linear_part_alone() -> None:
    elsewhere = [at for at, name in enumerate(FEATURES) if name.endswith("_so_far")]
    assert elsewhere
    assert not default_weights().units[elsewhere].any()


@pytest.mark.parametrize("by_meaning", [True, False])
def test_what_belongs_to_the_vault_is_shown_and_what_is_strange_is_not(by_meaning: bool) -> None:
    strange, kin = (float(probability(row, default_weights(), by_meaning=by_meaning)[0]) for row in (STRANGE, KIN))
    assert 0 <= strange < Options().quiet < kin <= 1


def features_of(known: Mapping[str, float]) -> NDArray[np.float32]:
    return np.array([[known.get(name, 0.0) for name in FEATURES]], np.float32)


def test_more_shared_ranks_higher() -> None:
    by_words = {"bm25_note": 0.9, "bm25_passage": 0.9, "rank_note": 1.0, "rank_passage": 1.0, "share_note": 0.3}
    by_name = {"title_covered": 1.0, "title_weight": 0.4, "title_said": 1.0, "title_so_far": 1.0}
    by_meaning = {
        "cosine": 0.7, "cosine_z": 0.8, "rank_cosine": 1.0, "cosine_note": 0.6, "cosine_so_far": 0.6,
    }  # fmt: skip
    typical = {"cosine": 0.2, "cosine_z": 0.2, "cosine_note": 0.2, "cosine_so_far": 0.3, "length": 0.5, "hub": 0.3}
    weights = default_weights()
    least = score(features_of(typical), weights)[0]
    for shared in (by_words, by_name, by_meaning):
        assert score(features_of(typical | shared), weights)[0] > least
    assert score(features_of(typical | by_words | by_name | by_meaning), weights)[0] > least + 2


def test_no_candidates() -> None:
    weights = default_weights()
    assert score(np.zeros((0, len(FEATURES)), np.float32), weights).shape == (0,)
    assert probability(np.zeros((0, len(EVIDENCE)), np.float32), weights, by_meaning=True).shape == (0,)
