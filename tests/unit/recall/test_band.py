from __future__ import annotations

import pytest

from recall_lsp.recall.band import band


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.95, "strong"), (0.94, "likely"), (0.8, "likely"), (0.79, "maybe"), (0.0, "maybe")],
)
def test_a_word_for_each_probability(probability: float, word: str) -> None:
    assert band(probability) == word
