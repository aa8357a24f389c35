from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from vaults import indexed, read_vault

from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import Query, _at_hand, make_query

NOTES = {f"{number}.md": f"The common river road, and this is number {number} of them all." for number in range(20)} | {
    "rare.md": "The ferry crossed the common river at night without anyone on board."
}


@pytest.fixture
def vault(root: Path) -> Vault:
    return indexed(root, NOTES)


def query_of(vault: Vault, text: str, path: str = "buffer.md") -> Query:
    return make_query(vault, moment_at(read_text(path, text), text, len(text)))


def test_words_that_stand_nowhere_are_not_asked_for(vault: Vault) -> None:
    query = query_of(vault, "The ferry and the zeppelin.")
    assert {"the", "ferri"} <= query.words.keys()
    assert not any(term.startswith("zeppelin") for term in query.words)


def test_rare_words_weigh_more(vault: Vault) -> None:
    idf = query_of(vault, "The ferry on the common river.").idf
    assert idf["ferri"] > 5 * idf["river"] > 0
    assert vault.idf["nowhere"] == 0


def test_the_sentence_at_hand_weighs_more_than_the_rest_of_its_paragraph(vault: Vault) -> None:
    words = query_of(vault, "About a road. About the ferry.").words
    assert words["ferri"] > words["road"]


def test_the_note_so_far_is_asked_for_apart(vault: Vault) -> None:
    query = query_of(vault, "# Night\n\nThe road was long.\n\nNow the ferry.")
    assert "road" in query.note_words and "road" not in query.words
    assert "ferri" in query.words


def test_a_long_paragraph_is_bounded(vault: Vault) -> None:
    everything = " ".join(f"number {number} river road common ferry night them all of" for number in range(200))
    assert len(query_of(vault, everything).words) <= 48


def test_by_words_alone_there_is_no_vector(vault: Vault) -> None:
    query = query_of(vault, "The ferry.")
    assert query.meaning is None and query.note_meaning is None and not query.knows_language


def test_with_a_model_there_is_one(root: Path, tiny: str) -> None:
    vault = indexed(root, NOTES, model=tiny)
    query = query_of(vault, "A night train to the river island.")
    assert query.meaning is not None and query.note_meaning is not None
    assert abs(float(np.linalg.norm(query.meaning)) - 1) < 1e-3
    assert abs(float(np.linalg.norm(query.note_meaning)) - 1) < 1e-3


def test_before_there_is_an_index(tmp_path: Path) -> None:
    query = query_of(read_vault(tmp_path / "nothing"), "The ferry.")
    assert query.words == query.note_words == {}


def test_of_a_long_paragraph_what_led_to_the_sentence_at_hand_is_embedded() -> None:
    sentences = [f"Sentence number {number} says a little of its own." for number in range(40)]
    paragraph = " ".join(sentences)
    assert _at_hand("Short as it is.", "Short as it is.") == "Short as it is."
    for sentence in (sentences[0], sentences[20], sentences[39]):
        cut = _at_hand(paragraph, sentence)
        assert len(cut) == 500 and sentence in cut
    assert _at_hand(paragraph, sentences[20]).endswith(sentences[20])
    assert _at_hand("A query alone", "") == "A query alone"


def test_a_word_that_stands_in_a_title_alone_is_asked_for(root: Path) -> None:
    vault = indexed(root, {**NOTES, "Zeppelins.md": "They flew over the lake once.\n"})
    query = query_of(vault, "Zeppelins, and the ferry.")
    assert any(term.startswith("zeppelin") for term in query.words)
