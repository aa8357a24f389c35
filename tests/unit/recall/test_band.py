from __future__ import annotations

import pytest

from recall_lsp.recall.band import band


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.7, "strong"), (0.69, "likely"), (0.5, "likely"), (0.49, "maybe"), (0.0, "maybe")],
)
def test_a_word_for_each_probability(probability: float, word: str) -> None:
    assert band(probability) == word
