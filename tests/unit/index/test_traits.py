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
    assert traits.tags_shared(np.array([2, 5000]), frozenset({"x"})).tolist() == [0, 0]
    traits.remove(5000)
    traits.remove(10**6)
    assert traits.known(np.array([2, 5000])).tolist() == [2]


def test_folders_are_near_by_the_way_that_they_share() -> None:
    traits = Traits()
    for number, path in enumerate(("a/b/one.md", "a/c/two.md", "a/three.md", "d/four.md", "five.md")):
        traits.put(entry(number, path))
    notes = np.arange(5)
    assert traits.nearness(notes, "a/b/new.md").tolist() == [1, 0.5, 0.5, 0, 0]
    assert traits.nearness(notes, "new.md").tolist() == [0, 0, 0, 0, 1]
    traits.put(entry(5, "e/six.md"))
    assert traits.nearness(np.array([5]), "e/new.md").tolist() == [1]
