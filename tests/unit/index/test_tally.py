from __future__ import annotations

from dataclasses import replace
from datetime import date

from recall_lsp.index.rows import Entry
from recall_lsp.index.tally import Tally

DAY = 86_400 * 10**9


def entry(number: int, language: str = "en", day: int = 0, wiki: int = 0, markdown: int = 0) -> Entry:
    return Entry(number, f"{number}.md", "A title", language, None, day * DAY + DAY // 2, 9, wiki, markdown, (), (), ())


def test_nothing_is_known_of_an_empty_vault() -> None:
    tally = Tally()
    assert (tally.main_language, tally.day_of_copying, tally.link_style) == (("", 0.0), None, "wiki")


def test_the_language_of_most_notes_follows_what_comes_and_goes() -> None:
    tally, notes = Tally(), [entry(1), entry(2, "de"), entry(3, "de"), entry(4, "")]
    for note in notes:
        tally.put(note)
    assert tally.main_language == ("de", 2 / 3)
    tally.remove(notes[1])
    tally.remove(notes[2])
    assert tally.main_language == ("en", 1.0)


def test_links_are_written_as_most_are() -> None:
    tally, styles = Tally(), []
    for note in (entry(1, wiki=2, markdown=3), entry(2, wiki=5)):
        tally.put(note)
        styles.append(tally.link_style)
    assert styles == ["markdown", "wiki"]


def test_a_day_of_most_files_is_that_of_copying() -> None:
    tally, notes = Tally(), [entry(number, day=20_000 + (number > 8)) for number in range(1, 13)]
    for note in notes:
        tally.put(note)
    assert tally.day_of_copying is None, "8 of 12"
    tally.put(replace(notes[0], id=13))
    tally.put(replace(notes[0], id=14))
    assert isinstance(tally.day_of_copying, date)
