"""Which note a link means, and how a link is written."""

from __future__ import annotations

import pytest

from recall_lsp.notes.link_format import LinkStyle, detect_style, format_link
from recall_lsp.notes.model import Link
from recall_lsp.notes.read import read_text
from recall_lsp.notes.resolve import link_keys, nearest, note_keys

_NOTES = {
    "index.md": ("Home", ()),
    "a/Sails and Oars.md": ("Sails and Oars", ("Rigging",)),
    "a/b/other.md": ("Other", ()),
    "c/other.md": ("Other", ()),
    "daily/2022_12_13.md": ("2022_12_13", ()),
    "pages/term___page.md": ("term/page", ()),
    "pages/old.style.md": ("old.style", ()),
    "d/topic.pods.md": ("Pods", ()),
    "_posts/2012-12-08-slug.md": ("Slug", ()),
    "café.md": ("Café", ()),
    "x.org": ("X", ()),
}


def resolved(text: str, source: str) -> str | None:
    keys: dict[str, list[str]] = {}
    for path, (title, aliases) in _NOTES.items():
        for key in note_keys(path, title, aliases, ["Id-1"] if path == "x.org" else []):
            keys.setdefault(key, []).append(path)
    (link,) = read_text(source, text).links
    found = next((keys[key] for key in link_keys(link, source) if key in keys), None)
    return nearest(found, source) if found else None


@pytest.mark.parametrize(
    ("text", "source", "path"),
    [
        ("[[Sails and Oars]]", "index.md", "a/Sails and Oars.md"),
        ("[[sails-and-oars]]", "index.md", "a/Sails and Oars.md"),
        ("[[a/sails and oars.md]]", "index.md", "a/Sails and Oars.md"),
        ("[[rigging]]", "index.md", "a/Sails and Oars.md"),
        ("[[home]]", "c/z.md", "index.md"),
        ("[[other]]", "c/z.md", "c/other.md"),
        ("[[other]]", "a/b/z.md", "a/b/other.md"),
        ("[[b/other]]", "c/z.md", "a/b/other.md"),
        ("[[../c/other]]", "a/z.md", "c/other.md"),
        ("[[topic.pods]]", "index.md", "d/topic.pods.md"),
        ("[[term/page]]", "index.md", "pages/term___page.md"),
        ("[[old/style]]", "index.md", "pages/old.style.md"),
        ("[[Dec 13th, 2022]]", "index.md", "daily/2022_12_13.md"),
        ("[[cafe\u0301]]", "index.md", "café.md"),
        ("[x](../c/other.md)", "a/z.md", "c/other.md"),
        ("[x](other)", "a/b/z.md", "a/b/other.md"),
        ("[x](/c/other.md)", "a/z.md", "c/other.md"),
        ("[x](/2012/12/08/slug/)", "_posts/z.md", "_posts/2012-12-08-slug.md"),
        ("[x](Sails%20and%20Oars.md)", "a/z.md", "a/Sails and Oars.md"),
        ("[[#part]]", "c/other.md", "c/other.md"),
        ("[[id:id-1][x]]", "z.org", "x.org"),
        ("[[file:../x.org::*Head][x]]", "a/z.org", "x.org"),
        ("[[nowhere]]", "index.md", None),
        ("[x](../../../etc/passwd)", "a/z.md", None),
    ],
)
def test_resolve(text: str, source: str, path: str | None) -> None:
    assert resolved(text, source) == path


def test_no_key_leaves_the_vault() -> None:
    (link,) = read_text("a/b.md", "[x](../../../c/other.md)").links
    assert not any(".." in key for key in link_keys(link, "a/b.md"))


@pytest.mark.parametrize(
    ("style", "path", "title", "source", "ambiguous", "expected"),
    [
        ("wiki", "a/Sails.md", "Sails", "index.md", False, "[[Sails]]"),
        ("wiki", "a/sails.md", "On [sails] | oars", "index.md", False, "[[sails|On sails oars]]"),
        ("wiki", "a/b/other.md", "Other", "index.md", True, "[[a/b/other|Other]]"),
        (
            "markdown",
            "a/Sails and Oars.md",
            "Sails [1]",
            "c/z.md",
            False,
            "[Sails \\[1\\]](../a/Sails%20and%20Oars.md)",
        ),
        ("markdown", "a/x(1).md", "x", "a/z.md", False, "[x](x%281%29.md)"),
        ("org", "x.org", "X [y]", "a/z.org", False, "[[file:../x.org][X {y}]]"),
    ],
)
def test_format(style: LinkStyle, path: str, title: str, source: str, ambiguous: bool, expected: str) -> None:
    assert format_link(style, path, title, source, ambiguous) == expected


def test_logseq_links_by_title() -> None:
    assert format_link("wiki", "pages/term___page.md", "term/page", "pages/x.md", logseq=True) == "[[term/page]]"


@pytest.mark.parametrize("style", ["wiki", "markdown"])
def test_a_link_we_write_leads_where_it_should(style: LinkStyle) -> None:
    for path, (title, _) in _NOTES.items():
        written = format_link(style, path, title, "a/b/z.md", ambiguous=path.endswith("other.md"))
        assert resolved(written, "a/b/z.md") == path


@pytest.mark.parametrize(
    ("counts", "extension", "style"),
    [
        ({"wiki": 3, "markdown": 2}, ".md", "wiki"),
        ({"wiki": 1, "markdown": 2}, ".md", "markdown"),
        ({}, ".md", "wiki"),
        ({"wiki": 3}, ".org", "org"),
    ],
)
def test_detect_style(counts: dict[str, int], extension: str, style: str) -> None:
    assert detect_style(counts, extension) == style


def test_a_block_link_asks_for_the_block_alone() -> None:
    (link,) = read_text("pages/a.md", "type:: x\n- ((60a78b6b-a0ff-49fe-822f-87216fbf79ff))").links
    assert isinstance(link, Link)
    assert link_keys(link, "pages/a.md") == ("id:60a78b6b-a0ff-49fe-822f-87216fbf79ff",)
