from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from recall_lsp.index.suggest import Names


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    path: str
    title: str
    modified: int = 0
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    written: date = date(2020, 1, 1)


NOTES = (
    Note(1, "bread.md", "Feeding the starter", 3, ("Sourdough", "The jar"), ("Flour", "Feeding the starter")),
    Note(2, "journal/2015-01-18.md", "A brick of bread", 1),
    Note(3, "nuka.md", "ぬか床", 2, ("ぬか漬け",), ("毎日の手入れ",)),
    Note(4, "cafe.md", "Café in Kraków", 4),
    Note(5, "people.md", "People who bake", 5, (), ("Sourdough people",)),
)


def names_of(notes: Iterable[Note]) -> Names:
    names = Names()
    for note in notes:
        names.put(note)
    return names


def suggested(query: str, limit: int = 10) -> list[tuple[str, str | None]]:
    return [(suggestion.path, suggestion.heading) for suggestion in names_of(NOTES).suggest(query, limit)]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("feed", "bread.md"),
        ("FEEDING", "bread.md"),
        ("starter", "bread.md"),
        ("sourdough", "bread.md"),
        ("suordough", "bread.md"),
        ("2015-01", "journal/2015-01-18.md"),
        ("ぬか", "nuka.md"),
        ("Café", "cafe.md"),
    ],
)
def test_found_by_title_alias_and_file_name(query: str, path: str) -> None:
    assert suggested(query)[0] == (path, None)


def test_headings_are_found_but_come_after_notes() -> None:
    assert ("bread.md", "Flour") in suggested("flour")
    both = suggested("sourdough")
    assert both.index(("bread.md", None)) < both.index(("people.md", "Sourdough people"))


def test_one_a_note_and_heading() -> None:
    found = suggested("the", 50)
    assert len(found) == len(set(found))
    assert ("bread.md", "Feeding the starter") not in suggested("feeding"), "a heading that is the title"


def test_nothing_typed_gives_what_changed_last() -> None:
    everything = ["people.md", "cafe.md", "bread.md", "nuka.md", "journal/2015-01-18.md"]
    assert [path for path, _ in suggested("")] == everything
    assert [path for path, _ in suggested(" .", 2)] == everything[:2]


def test_what_is_like_nothing_finds_nothing() -> None:
    assert suggested("xyzzyqq") == []
    assert Names().suggest("bread", 5) == Names().suggest("", 5) == []


def test_matched_is_the_name_that_answered() -> None:
    [first, *_] = names_of(NOTES).suggest("sourdough", 5)
    assert (first.title, first.matched) == ("Feeding the starter", "Sourdough")


def test_words_in_any_order_and_names_followed_note_by_note() -> None:
    names = names_of(NOTES)
    assert [one.path for one in names.suggest("krak caf", 5)] == ["cafe.md"]
    names.put(replace(NOTES[3], title="Coffee in Vienna"))
    names.remove(NOTES[0].id)
    assert [one.path for one in names.suggest("vienna", 5)] == ["cafe.md"]
    assert not [one for one in names.suggest("krak", 5) if one.matched == "Café in Kraków"]
    assert "bread.md" not in {one.path for one in names.suggest("", 9)}


def test_a_letter_or_two_are_the_beginning_of_a_word() -> None:
    assert suggested("j")[0] == ("bread.md", None), "of the alias `The jar`"
    assert {path for path, _ in suggested("pe")} == {"people.md"}


def test_names_are_the_same_after_many_changes() -> None:
    names, fresh = names_of(NOTES), names_of(NOTES)
    for _ in range(1500):
        for note in NOTES:
            names.put(note)
    for query in ("sourdough", "the", "", "suordough", "ぬか"):
        assert names.suggest(query, 10) == fresh.suggest(query, 10)
