from __future__ import annotations

from dataclasses import replace

import pytest

from recall_lsp.notes.model import Span
from recall_lsp.recall.band import band, surest_first
from recall_lsp.recall.model import Hit


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.95, "strong"), (0.94, "likely"), (0.8, "likely"), (0.79, "maybe"), (0.0, "maybe")],
)
def test_a_word_for_each_probability(probability: float, word: str) -> None:
    assert band(probability) == word


def test_no_maybe_stands_above_a_likely() -> None:
    hit = Hit("a.md", "A", None, (), "", "", Span(0, 0), 0, (), (), (), 0.0, False)
    hits = [replace(hit, path=str(place), score=score) for place, score in enumerate([0.7, 0.85, 0.99, 0.9, 0.96])]
    assert [shown.score for shown in surest_first(hits)] == [0.99, 0.96, 0.85, 0.9, 0.7]
