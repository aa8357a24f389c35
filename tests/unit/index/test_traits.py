from __future__ import annotations

import math

import numpy as np

from recall_lsp.index.rows import Entry
from recall_lsp.index.traits import Traits


def entry(number: int, path: str, title: str = "", language: str = "", tags: tuple[str, ...] = ()) -> Entry:
    return Entry(number, path, title, language, None, 0, 99, 0, 0, (), tags, ())


def test_notes_come_and_go() -> None:
    traits = Traits()
    traits.put(entry(5000, "a/one.md", tags=("x",)))
    traits.put(entry(2, "b/two.md"))
    assert traits.known(np.array([-1, 0, 2, 3, 5000, 9999])).tolist() == [2, 5000]
    assert traits.folder[5000] == traits.folder_of("a/other.md") != traits.folder_of("elsewhere/other.md")
    assert math.isclose(traits.length[2], math.log(100), rel_tol=1e-6)
    traits.put(entry(5000, "b/one.md"))
    assert traits.folder[5000] == traits.folder[2]
    assert 5000 not in traits.tags
    traits.remove(5000)
    traits.remove(10**6)
    assert traits.known(np.array([2, 5000])).tolist() == [2]


def test_titles_are_cut_by_their_note_s_language_or_the_vault_s() -> None:
    traits = Traits()
    own, other = entry(1, "a.md", "Remembering", "en"), entry(2, "b.md", "Remembering")
    for language, terms in (("de", {"remembering"}), ("en", {"rememb"})):
        assert traits.title_terms(own, language) == {"rememb"}
        assert traits.title_terms(other, language) == terms
    traits.put(entry(1, "a.md", "Forgetting", "en"))
    assert traits.title_terms(entry(1, "a.md", "Forgetting", "en"), "en") == {"forget"}
