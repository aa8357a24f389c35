"""Words near in meaning, by a table of our own: `near` words share a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from recall_lsp.recall.closest import closest_words

_DIRECTIONS = {"settings": 0, "preferences": 0, "file": 1, "folder": 1, "ferry": 2, "boat": 2, "moon": 3}


class Table:
    def __init__(self) -> None:
        self.asked = 0

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        rows = np.zeros((len(texts), 4), np.float32)
        for row, text in zip(rows, texts, strict=True):
            if text in _DIRECTIONS:
                row[_DIRECTIONS[text]] = 1
        return rows


class NoTable:
    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 0), np.float32)


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("Open the settings of this.", (("settings", "Preferences"),)),
        ("The file lies beside the settings", (("file", "folder"), ("settings", "Preferences"))),
        ("A folder again", ()),  # shared: told otherwise
        ("Folders again", ()),  # shared by its stem
        ("The moon", ()),
        ("", ()),
        ("月が見える", ()),
    ],
)
def test_nearest_pairs(sentence: str, pairs: tuple[tuple[str, str], ...]) -> None:
    closest = closest_words(Table(), "Preferences are in that folder.", "en")
    assert sorted(closest(sentence, "en")) == sorted(pairs)


def test_one_word_stands_in_one_pair() -> None:
    assert len(closest_words(Table(), "the boat", "en")("a ferry, Ferry, ferry", "en")) == 1


@pytest.mark.parametrize("by", [None, NoTable()])
def test_nothing_without_a_table(by: NoTable | None) -> None:
    assert closest_words(by, "Preferences are in that folder.", "en")("settings", "en") == ()


def test_the_paragraph_is_looked_up_once() -> None:
    table = Table()
    closest = closest_words(table, "Preferences", "en")
    closest("settings", "en"), closest("the file", "en")
    assert table.asked == 3
