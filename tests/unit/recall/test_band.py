from __future__ import annotations

from dataclasses import replace

import pytest

from recall_lsp.notes.model import Span
from recall_lsp.recall.band import band, falling
from recall_lsp.recall.model import Hit


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.95, "strong"), (0.94, "likely"), (0.8, "likely"), (0.79, "maybe"), (0.0, "maybe")],
)
def test_a_word_for_each_probability(probability: float, word: str) -> None:
    assert band(probability) == word


def test_no_maybe_stands_above_a_likely() -> None:
    hit = Hit("a.md", "A", None, (), "", "", Span(0, 0), 0, (), (), (), 0.0, False)
    hits = [replace(hit, path=str(place), score=score) for place, score in enumerate([0.7, 0.9, 0.6, 0.96, 0.3, 0.3])]
    shown = falling(hits)
    assert [hit.path for hit in shown] == ["0", "1", "2", "3", "4", "5"], "the order is as it was"
    assert [round(hit.score, 2) for hit in shown] == [0.8, 0.8, 0.78, 0.78, 0.3, 0.3]
    assert falling(()) == ()
