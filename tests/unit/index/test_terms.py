from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_lsp.index.terms import STEMMERS, terms, words


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Remembering", "remember"),
        ("en", "RIVERS", "river"),
        ("de", "Bücher", "Buch"),
        ("de", "Straßen", "STRASSE"),
        ("fr", "été", "Ete"),
        ("es", "canción", "canciones"),
        ("ru", "книгами", "книга"),
        ("", "naïve", "Naive"),
        ("xx", "Ærø", "aero"),
    ],
)
def test_forms_of_one_word_are_one_term(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language) != []


def test_without_a_language_nothing_is_stemmed() -> None:
    assert terms("remembering", "") == ["remembering"]
    assert terms("remembering", "en") != ["remembering"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("記憶術", ["記憶", "憶術"]),
        ("本", ["本"]),
        ("ぬか床 and bread", ["and", "bread", "ぬか", "か床"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("기억", ["기억"]),
        ("カメラ・レンズ", ["カメ", "メラ", "ラ・", "・レ", "レン", "ンズ"]),
        ("", []),
        (" \n .,;", []),
    ],
)
def test_scripts_without_spaces_are_cut_into_pairs(text: str, expected: list[str]) -> None:
    assert terms(text, "") == expected


def test_a_japanese_query_shares_terms_with_a_longer_japanese_text() -> None:
    assert set(terms("待つあいだ", "ja")) <= set(terms("でも、待つあいだが仕事なんです。", "ja"))


def test_endless_words_are_left_out() -> None:
    assert terms("a" * 500 + " short", "en") == terms("short", "en")


@given(st.text(st.characters(), max_size=60), st.sampled_from(["", "zh", *STEMMERS]))
def test_any_text_gives_terms_that_one_space_parts(text: str, language: str) -> None:
    for term in terms(text, language):
        assert term
        assert term.split() == [term]


def test_lone_surrogates_pass() -> None:
    assert terms("river \ud800 bread", "") == ["river", "bread"]


def test_words_as_the_writer_sees_them() -> None:
    text = "The naïve reader, ぬか床 3rd."
    assert [text[start:end] for start, end in words(text)] == ["The", "naïve", "reader", "ぬか床", "3rd"]
