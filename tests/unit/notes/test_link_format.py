"""Links to headings, as each style writes them, and as our own readers take them back."""

from __future__ import annotations

import pytest

from recall_lsp.notes.link_format import LinkStyle, format_link, heading_slug
from recall_lsp.notes.read import read_text


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Two wells", "two-wells"),
        ("Bread & water", "bread--water"),
        ("What's new? (2024)", "whats-new-2024"),
        ("snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("Über die Brücke", "über-die-brücke"),
        ("日本語の見出し", "日本語の見出し"),
        ("हिन्दी में", "हिन्दी-में"),
        ("😀 Smile", "-smile"),
        ("3.1 Setup", "31-setup"),
        ("???", ""),
    ],
)
def test_slug_as_github_makes_it(heading: str, slug: str) -> None:
    assert heading_slug(heading) == slug


@pytest.mark.parametrize(
    ("style", "path", "title", "heading", "expected"),
    [
        ("wiki", "a/Sails.md", "Sails", "Two masts", "[[Sails#Two masts]]"),
        ("wiki", "a/sails.md", "On sails", "Two masts", "[[sails#Two masts|Two masts]]"),
        ("wiki", "a/Sails.md", "Sails", "A|B: [C] #d", "[[Sails#A B C d]]"),
        ("wiki", "a/Sails.md", "Sails", "|#|", "[[Sails]]"),
        ("markdown", "a/Sails.md", "Sails", "Two [masts]", "[Two \\[masts\\]](../a/Sails.md#two-masts)"),
        ("markdown", "a/Sails.md", "Sails", "Der Bär", "[Der Bär](../a/Sails.md#der-b%C3%A4r)"),
        ("markdown", "a/Sails.md", "Sails", "???", "[???](../a/Sails.md)"),
        ("org", "a/x.org", "X", "Two  masts", "[[file:../a/x.org::*Two masts][Two masts]]"),
    ],
)
def test_heading(style: LinkStyle, path: str, title: str, heading: str, expected: str) -> None:
    assert format_link(style, path, title, "c/z.md", heading=heading) == expected


def test_logseq_has_no_links_to_headings() -> None:
    assert format_link("wiki", "pages/a.md", "a", "pages/b.md", logseq=True, heading="Part") == "[[a]]"


@pytest.mark.parametrize("style", ["wiki", "markdown", "org"])
@pytest.mark.parametrize("heading", ["Two masts", "Bread & water", "What's new? (2024)", "Über uns", "a: b"])
def test_our_reader_finds_the_heading_again(style: LinkStyle, heading: str) -> None:
    source = "z.org" if style == "org" else "z.md"
    written = format_link(style, "a/Sails.md", "Sails", source, heading=heading)
    (link,) = read_text(source, f"See {written} there.").links
    assert letters(link.fragment) == letters(heading)
    assert "Sails" in link.target


def letters(text: str) -> str:
    """What of a heading counts when it is looked for."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
