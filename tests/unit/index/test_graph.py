from __future__ import annotations

import random

from recall_lsp.index.graph import Graph
from recall_lsp.notes.resolve import opening, title_key


def graph_of(notes: dict[int, tuple[str, tuple[str, ...], list[tuple[str, ...]]]]) -> Graph:
    graph = Graph()
    for note, (path, names, links) in notes.items():
        graph.put(note, path, names, links)
    return graph


def test_links_both_ways_whatever_came_first() -> None:
    graph = graph_of({1: ("a.md", ("a",), [("b",), ("missing",), ("a",)]), 2: ("b.md", ("b",), [])})
    assert graph.outlinks(1) == {2}
    assert graph.backlinks(2) == {1}
    assert graph.backlinks(1) == graph.outlinks(2) == frozenset(), "a link to itself is none"


def test_the_first_name_that_anyone_answers_to_counts() -> None:
    graph = graph_of({1: ("a.md", ("x",), []), 2: ("b.md", ("y",), [])})
    assert graph.resolve(("nobody", "y", "x"), "c.md") == 2
    assert graph.resolve(("nobody",), "c.md") is None


def test_of_two_owners_the_nearest_is_meant() -> None:
    names = ("index",)
    graph = graph_of({1: ("garden/index.md", names, []), 2: ("work/index.md", names, [])})
    assert graph.resolve(names, "work/plan.md") == 2
    assert graph.resolve(names, "garden/beds/plan.md") == 1


def test_the_words_that_titles_begin_with() -> None:
    graph = graph_of({1: ("a.md", (title_key("Slow Bread"), "~other one"), []), 2: ("b.md", (title_key("Rye"),), [])})
    assert graph.opens(opening(title_key("SLOW bread, with rye")))
    assert not any(graph.opens(words) for words in ("bread", "slow", "rye", "other one"))
    graph.put(1, "a.md", (title_key("Bread, slow and dark"),), [])
    assert graph.opens("bread, slow") and not graph.opens("slow bread")


def test_the_one_owner_of_a_name() -> None:
    graph = graph_of({1: ("a.md", ("x", "y"), []), 2: ("b.md", ("y",), [])})
    assert (graph.only_owner("x"), graph.only_owner("y"), graph.only_owner("z")) == (1, None, None)
    graph.remove(1)
    assert graph.only_owner("y") == 2


def test_a_change_shows_at_once_on_both_sides() -> None:
    graph = graph_of({1: ("a.md", ("a",), [("b",)]), 2: ("b.md", ("b",), [])})
    assert graph.backlinks(2) == {1}
    graph.put(1, "a.md", ("a",), [])
    assert graph.backlinks(2) == graph.outlinks(1) == frozenset()
    graph.put(3, "c.md", ("c",), [("new name",)])
    graph.put(2, "b.md", ("b", "new name"), [])
    assert graph.backlinks(2) == {3}
    graph.remove(2)
    assert graph.outlinks(3) == graph.backlinks(2) == frozenset()
    graph.remove(2)  # gone already


def test_followed_step_by_step_it_equals_one_made_at_once() -> None:
    rng = random.Random(3)
    names = [f"n{number}" for number in range(12)]
    state: dict[int, tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = {}
    followed = Graph()
    for _ in range(300):
        note = rng.randrange(15)
        if note in state and rng.random() < 0.3:
            followed.remove(note)
            del state[note]
        else:
            own = tuple(rng.sample(names, 2))
            links = [tuple(rng.sample(names, rng.randint(1, 3))) for _ in range(rng.randint(0, 4))]
            state[note] = (f"f{note % 3}/{note}.md", own, links)
            followed.put(note, *state[note])
        if rng.random() < 0.2:
            fresh = graph_of(state)
            for known in state:
                assert followed.outlinks(known) == fresh.outlinks(known)
                assert followed.backlinks(known) == fresh.backlinks(known)
                assert all(known in followed.backlinks(target) for target in followed.outlinks(known))
