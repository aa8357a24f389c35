from __future__ import annotations

from dataclasses import replace

import pytest

from recall_lsp.notes.model import Span
from recall_lsp.recall.model import FoundBy, Hit
from recall_lsp.recall.why import reasons

HIT = Hit("a.md", "A", None, (), "", "", Span(0, 0), 0, (), (), (), 0.8, False)


@pytest.mark.parametrize(
    ("shared", "found_by", "words"),
    [
        ((), (), ()),
        ((), ("words",), ("uses the same words",)),
        (("ferry",), ("words",), ("both say ferry",)),
        (("ferry", "night"), ("words", "meaning"), ("both say ferry and night", "close in meaning")),
        (("a", "b", "c"), ("words", "links"), ("both say a, b and c", "near by links")),
        (("ferry",), ("meaning",), ("both say ferry", "close in meaning")),
        (tuple("abcdefg"), ("words",), ("both say a, b, c, d and e",)),
        (("Learning", "curve", "learning"), ("words",), ("both say Learning and curve",)),
    ],
)
def test_reasons(shared: tuple[str, ...], found_by: tuple[FoundBy, ...], words: tuple[str, ...]) -> None:
    assert reasons(replace(HIT, shared=shared, found_by=found_by)) == words


def test_words_near_in_meaning_are_told_in_pairs() -> None:
    hit = replace(
        HIT, shared=("vault",), close=(("settings", "preferences"), ("file", "folder")), found_by=("meaning",)
    )
    assert reasons(hit) == ("both say vault", "settings ≈ preferences, file ≈ folder", "close in meaning")
