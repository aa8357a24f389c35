from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from recall_lsp.index.name_terms import Name, NameTerms, names_of
from recall_lsp.index.rows import Entry

IDF = {"slow": 1.0, "bread": 2.0, "dough": 3.0, "rye": 4.0}


def entry(title: str, language: str = "", aliases: tuple[str, ...] = ()) -> Entry:
    return Entry(1, "a.md", title, language, None, 0, 99, 0, 0, aliases, (), ())


def name(*terms: str, folded: str = "") -> Name:
    return Name(frozenset(terms), folded)


def heard(table: NameTerms, notes: Iterable[int], so_far: set[str], asked: set[str]) -> list[tuple[object, ...]]:
    found = table.heard(np.array(list(notes), np.int64), so_far, asked, IDF)
    columns = (found.at, found.title, found.whole, found.asked, found.heard)
    return list(zip(*(column.tolist() for column in columns), found.folded, strict=True))


def test_names_are_cut_by_their_note_s_language_or_the_vault_s() -> None:
    for language, terms in (("de", {"remembering"}), ("en", {"rememb"})):
        assert [one.terms for one in names_of(entry("Remembering", "en"), language)] == [{"rememb"}]
        assert [one.terms for one in names_of(entry("Remembering"), language)] == [terms]
    title, alias, short = names_of(entry("Forgetting", "en", ("To Lose\nIt", "Forgetting", "so")), "en")
    assert title.terms == {"forget"}
    assert (alias.folded, short.folded) == ("to lose it", "")


def test_what_is_said_of_titles_and_aliases_is_weighed() -> None:
    table = NameTerms()
    table.put(7, [name("slow", "bread", folded="slow bread"), name("rye"), name("rye", "dough", folded="rye dough")])
    table.put(3, [name("dough")])
    table.put(900, [name("slow")])
    table.put(4, [])
    said = heard(table, (3, 4, 7, 900), {"bread", "rye"}, {"rye"})
    assert said == [
        (2, True, 3.0, 0.0, 2.0, "slow bread"),
        (2, False, 4.0, 4.0, 4.0, ""),
        (2, False, 7.0, 4.0, 4.0, "rye dough"),
    ]
    assert heard(table, (3, 4, 7, 900), {"never"}, set()) == heard(table, (), {"rye"}, {"rye"}) == []
    assert heard(table, (4,), {"rye"}, {"rye"}) == []


def test_a_changed_idf_is_taken_up() -> None:
    table = NameTerms()
    table.put(1, [name("rye")])
    for value in (4.0, 5.0):
        assert table.heard(np.array([1]), {"rye"}, set(), {"rye": value}).whole.tolist() == [value]


def test_names_change_and_go() -> None:
    table = NameTerms()
    assert table.missing(np.array([], np.int64)).tolist() == []
    table.put(1, [name("slow")])
    table.put(1, [name("bread"), name("rye")])
    assert table.missing(np.array([1, 2, 5000])).tolist() == [2, 5000]
    assert [one[2] for one in heard(table, (1,), {"slow", "bread", "rye"}, set())] == [2.0, 4.0]
    table.remove(1)
    table.remove(5000)
    assert table.missing(np.array([1])).tolist() == [1]


def test_room_of_names_that_are_gone_is_used_again() -> None:
    table = NameTerms()
    table.put(2, [name("dough")])
    many = [name(f"word {number}") for number in range(1000)]
    for _ in range(20):
        table.put(1, many)
    assert len(table._terms) < 10_000
    for note in table.missing(np.array([1, 2])).tolist():
        table.put(note, [name("dough")])
    assert [one[0] for one in heard(table, (1, 2), {"dough"}, set())] == [1]
