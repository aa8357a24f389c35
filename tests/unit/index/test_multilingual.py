"""The multilingual extra: its encoder, and when it is chosen.  Skipped where the extra is not installed."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from vaults import index, indexed, problems, read_vault, vectors_made, write_notes

from recall_lsp.index import multilingual
from recall_lsp.index.encoder import has_sketch, load

installed = pytest.mark.skipif(not multilingual.is_installed(), reason="the extra 'multilingual' is not installed")

GERMAN: dict[str, str | bytes] = {
    "teig.md": "Der Teig ruht über Nacht im Keller, damit er am Morgen ruhig und luftig in den Ofen kommt.\n",
    "garten.md": "Im Frühling habe ich die Apfelbäume hinter dem Haus geschnitten und das Laub verbrannt.\n",
}
ENGLISH: dict[str, str | bytes] = {
    f"{at}.md": f"Number {at}: the ferry crossed at night, and nobody on deck had slept before the harbour.\n"
    for at in range(7)
}


@installed
def test_it_knows_what_a_sentence_means_in_any_language() -> None:
    encoder = load("multilingual")
    assert encoder is not None and encoder.languages is None and has_sketch("multilingual")
    rows = encoder.encode(
        ["The cat sleeps on the sofa.", "猫がソファで寝ている。", "The budget of the city is flat.", " "]
    )
    assert rows.shape == (4, encoder.dims) and np.allclose(np.linalg.norm(rows[:3], axis=1), 1, atol=1e-4)
    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]
    assert not rows[3].any()
    assert (encoder.encode(["The cat sleeps on the sofa."])[0] == rows[0]).all()
    assert encoder.count_tokens(["a cat"])[0] > 2
    assert encoder.encode(["\ud800 half a pair"]).any()


@installed
def test_other_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multilingual._FILES, "sp.model", "0" * 64)
    multilingual.load_multilingual.cache_clear()
    assert load("multilingual") is None
    multilingual.load_multilingual.cache_clear()


@installed
def test_it_is_chosen_for_notes_that_are_not_english_and_given_up_for_english_ones(
    root: Path, default_model: str
) -> None:
    vault = indexed(root, GERMAN, model="auto")
    assert vault.model == "multilingual" and vault.model_id == multilingual.MODEL_ID
    assert vault.encode("Apfelbaum") is not None
    index(write_notes(root, ENGLISH), model="auto")
    while vault.refresh():
        pass
    assert vault.model == "multilingual"  # more than a fifth is German still
    for path in GERMAN:
        (root / path).unlink()
    index(root, model="auto")
    deadline = monotonic() + 20
    while vault.refresh() or vault.matrix is None:  # a model is looked for once a second
        assert monotonic() < deadline, "the default's vectors are not taken"
    assert vault.model == "default" and len(vault.matrix) == 7


@installed
def test_english_notes_keep_the_default(root: Path, default_model: str) -> None:
    assert indexed(root, ENGLISH, model="auto").model == "default"


def test_without_the_extra_words_answer_and_what_to_do_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "_PACKAGE", "no_such_package")
    multilingual.load_multilingual.cache_clear()
    events = index(write_notes(root, GERMAN), model="multilingual")
    assert "recall-lsp[multilingual]" in problems(events)
    assert vectors_made(root) == 0
    assert read_vault(root, model="multilingual").lexical is not None
    multilingual.load_multilingual.cache_clear()
