"""What is being entered at the cursor (`|` in the lines below), and what replaces it."""

from __future__ import annotations

import pytest

from recall_lsp.lsp.link_input import LinkInput, link_input, replacement


def entered(line: str, by_hand: bool = False, trigger: str = ";;") -> LinkInput | None:
    return link_input(line.replace("|", ""), line.index("|"), trigger, by_hand)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("see [[|", LinkInput("link", 4, 6, "")),
        ("see [[gard|", LinkInput("link", 4, 10, "gard")),
        ("see [[gard|]] and", LinkInput("link", 4, 10, "gard", closed=True)),
        ("see [[|]]", LinkInput("link", 4, 6, "", closed=True)),
        ("see [[ga|rden]] x", LinkInput("link", 4, 12, "ga", closed=True)),
        ("see [[ga| and [[b]]", LinkInput("link", 4, 8, "ga")),
        ("[[a]] [[b|", LinkInput("link", 6, 9, "b")),
        ("[[two words|", LinkInput("link", 0, 11, "two words")),
        ("done [[a]] |", None),
        ("then ;;|", LinkInput("trigger", 5, 7, "")),
        ("then ;;mem|", LinkInput("trigger", 5, 10, "mem")),
        ("then ;;mem and|", None),
        ("then ;|", None),
        ("a [ ] task|", None),
    ],
)
def test_entered(line: str, expected: LinkInput | None) -> None:
    assert entered(line) == expected


def test_by_hand_takes_the_word_at_the_cursor() -> None:
    assert entered("plain wor|", by_hand=True) == LinkInput("word", 6, 9, "wor")
    assert entered("plain |", by_hand=True) == LinkInput("word", 6, 6, "")
    assert entered("|", by_hand=True) == LinkInput("word", 0, 0, "")


def test_other_triggers_and_none() -> None:
    assert entered("x @@|", trigger="@@") == LinkInput("trigger", 2, 4, "")
    assert entered("x .*|", trigger=".*") == LinkInput("trigger", 2, 4, "")
    assert entered("x |", trigger="") is None


@pytest.mark.parametrize(
    ("line", "link", "title", "expected"),
    [
        ("a [[ga|", "[[Garden]]", "Garden", "a [[Garden]]"),
        ("a [[ga|]] b", "[[Garden]]", "Garden", "a [[Garden]] b"),
        ("a [[ga|rd]] b", "[[Garden]]", "Garden", "a [[Garden]] b"),
        ("a [[ga|]] b", "[[id:1][Garden]]", "Garden", "a [[id:1][Garden]] b"),
        ("a [[ga| b", "[Garden](garden.md)", "Garden", "a [Garden](garden.md) b"),
        ("a [[ga|]] b", "[Garden](garden.md)", "Garden", "a [Garden](garden.md) b"),
        ("a [[ga|rd]] b", "[Garden](garden.md)", "Garden", "a [Garden](garden.md) b"),
        (";;|", "[Garden](garden.md)", "Garden", "[Garden](garden.md)"),
        ("memory|", "[[Garden]]", "Garden", "memory [[Garden]]"),
        ("gar|", "[[Garden]]", "Garden", "[[Garden]]"),
        (" |", "[[Garden]]", "Garden", " [[Garden]]"),
    ],
)
def test_the_line_after_an_offer_is_accepted(line: str, link: str, title: str, expected: str) -> None:
    found = entered(line, by_hand=True)
    assert found is not None
    end, text = replacement(found, link, title)
    line = line.replace("|", "")
    assert line[: found.start] + text + line[end:] == expected
