from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_lsp.recall.explain import sentence_that_matters, shared_words

TEXT = "The jar is ten days old. Flour and water, in a warm corner. Every evening half of it goes."


def chosen(text: str, weight: dict[str, float], language: str = "en") -> str:
    return text[slice(*sentence_that_matters(text, weight, language))]


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        ({"flour": 2.0}, "Flour and water, in a warm corner."),
        ({"even": 1.0, "jar": 3.0}, "The jar is ten days old."),
        ({"half": 2.0, "flour": 1.0, "water": 1.5}, "Flour and water, in a warm corner."),
        ({"nowhere": 9.0}, "The jar is ten days old."),
    ],
)
def test_the_sentence_that_shares_most(weight: dict[str, float], sentence: str) -> None:
    assert chosen(TEXT, weight) == sentence


def test_where_nothing_is_shared_it_is_the_first_full_one() -> None:
    assert chosen("Brick.\n\nThe jar is ten days old and smells of apples. More.", {}).startswith("The jar")


def test_length_alone_does_not_win() -> None:
    long = "Something about a river and " + "very many other small things " * 12 + "as well."
    assert chosen(f"{long} The river.", {"river": 1.0}) == "The river."


def test_an_endless_sentence_is_cut_around_what_is_shared() -> None:
    text = "words and " * 100 + "the ferry " + "more and " * 100
    cut = chosen(text, {"ferri": 2.0})
    assert len(cut) <= 320
    assert "ferry" in cut
    assert set(cut.split()) <= {"words", "and", "the", "ferry", "more"}, "cut at words"


def test_script_without_spaces_is_cut_too() -> None:
    text = "あ" * 500 + "待つあいだ" + "い" * 500
    cut = chosen(text, {"待つ": 2.0}, "ja")
    assert 0 < len(cut) <= 320


def test_shared_words_are_whole_words_as_written() -> None:
    sentence = "Remembering rivers, the RIVER remembers."
    marks = shared_words(sentence, {"river": 2.0, "rememb": 2.0}, "en")
    assert [sentence[a:b] for a, b in marks] == ["Remembering", "rivers", "RIVER", "remembers"]


def test_words_that_are_everywhere_are_not_marked() -> None:
    marks = shared_words("The ferry on the river.", {"the": 0.1, "ferri": 4.0, "river": 1.0}, "en")
    assert ["The ferry on the river."[a:b] for a, b in marks] == ["ferry", "river"]


@given(st.text(max_size=700), st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0, 9), max_size=4))
def test_any_text_gives_a_slice_of_it(text: str, weight: dict[str, float]) -> None:
    start, end = sentence_that_matters(text, weight, "")
    assert 0 <= start <= end <= len(text)
    assert end - start <= 320
