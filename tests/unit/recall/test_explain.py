from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_model import write_compiled

from recall_lsp.index.encoder import add_sketch, load_encoder
from recall_lsp.notes.read import read_text
from recall_lsp.recall.explain import Likeness, is_stub, likeness, overlap, sentence_that_matters, shared_words
from recall_lsp.recall.model import Moment

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


def by(nearness: Mapping[str, float]) -> Likeness:
    """Texts are as near as the first of these words in them says, or not at all."""

    def alike(texts: Sequence[str]) -> NDArray[np.float32]:
        found = [next((near for word, near in nearness.items() if word in text), 0.0) for text in texts]
        return np.array(found, np.float32)

    return alike


@pytest.mark.parametrize(
    ("nearness", "weight", "sentence"),
    [
        ({"Flour": 0.4}, {}, "Flour and water, in a warm corner."),
        ({"Flour": 0.4}, {"half": 3.0}, "Every evening half of it goes."),
        ({"Flour": 0.4, "half": 0.3}, {"half": 1.0, "elsewhere": 9.0}, "Every evening half of it goes."),
        ({"Flour": 0.4}, {"half": 1.0, "elsewhere": 9.0}, "Flour and water, in a warm corner."),
        ({}, {}, "Flour and water, in a warm corner."),
        ({"jar": -0.2, "half": -0.1, "Flour": -0.1}, {}, "Flour and water, in a warm corner."),
    ],
)
def test_both_sides_choose(nearness: dict[str, float], weight: dict[str, float], sentence: str) -> None:
    start, end = sentence_that_matters(TEXT, weight, "en", by(nearness))
    assert TEXT[start:end] == sentence


def test_a_stub_needs_to_be_clearly_nearer() -> None:
    text = "The ferry:\n\nWe crossed on the ferry in the morning."
    assert is_stub("The ferry:")
    assert not is_stub("We crossed on the ferry in the morning.")
    start, _ = sentence_that_matters(text, {}, "en", by({"The ferry": 0.53, "We": 0.5}))
    assert text[start:].startswith("We")
    start, _ = sentence_that_matters(text, {}, "en", by({"The ferry": 0.6, "We": 0.5}))
    assert start == 0


def test_overlap_is_a_share_of_what_the_moment_tells() -> None:
    weight = {"ferri": 4.0, "river": 3.0}
    found = overlap([["ferri", "river", "ferri"], ["river"], ["bread"], []], weight)
    np.testing.assert_allclose(found, [1.0, 0.6, 0.0, 0.0])
    assert overlap([["ferri"]], {}).tolist() == [0.0]


def test_likeness_is_to_the_sentence_before_the_paragraph(tmp_path: Path) -> None:
    folder = write_compiled(tmp_path / "m")
    encoder = load_encoder(folder)
    moment = Moment(read_text("a.md", "x"), 0, "night island", "bread soup salt night island", ())
    assert likeness(None, moment) is None
    assert likeness(encoder, moment) is None, "no table yet"
    add_sketch(folder)
    alike = likeness(encoder, moment)
    assert alike is not None
    sentence, paragraph, other = alike(["night island", "bread soup salt", "unheard"])
    assert sentence > paragraph
    assert other == 0


def test_of_unspaced_script_only_what_is_shared_is_told() -> None:
    sentence = "ファイル名を変更したときに自動的に更新できます。"
    weight = {"ファ": 2.0, "ァイ": 2.0, "イル": 2.0, "更新": 2.5}
    assert [sentence[start:end] for start, end in shared_words(sentence, weight, "ja")] == ["ファイル", "更新"]


def test_the_title_is_no_sentence_that_matters_unless_it_is_all() -> None:
    text = "Letter to Tomas\n\nNot sent; said it instead, on the harbour walk."
    start, end = sentence_that_matters(text, {"letter": 3.0, "toma": 3.0}, "en", title="Letter to Tomas")
    assert text[start:end].startswith("Not sent")
    assert sentence_that_matters("Letter to Tomas", {"letter": 3.0}, "en", title="Letter to Tomas") == (0, 15)
