from __future__ import annotations

from datetime import date, timedelta

import pytest

from recall_lsp.recall.ago import ago

TODAY = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (-1, "tomorrow"),
        (2, "2 days ago"),
        (6, "6 days ago"),
        (7, "1 week ago"),
        (28, "4 weeks ago"),
        (29, "1 month ago"),
        (70, "2 months ago"),
        (364, "11 months ago"),
        (366, "1 year ago"),
        (3653, "10 years ago"),
        (-2, "in 2 days"),
        (-800, "in 2 years"),
    ],
)
def test_ago(days: int, words: str) -> None:
    assert ago(TODAY - timedelta(days), TODAY) == words


@pytest.mark.parametrize(("years", "words"), [(1, "1 year ago"), (2, "2 years ago"), (3, "3 years ago")])
def test_the_same_day_of_another_year_is_a_full_year_ago(years: int, words: str) -> None:
    assert ago(date(2023 - years, 5, 7), date(2023, 5, 7)) == words
