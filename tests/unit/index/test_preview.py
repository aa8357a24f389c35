from __future__ import annotations

from pathlib import Path

import pytest
from vaults import indexed

from recall_lsp.index.preview import Preview

NOTE = """---
title: The two-day loaf
date: 2020-02-02
tags: [bread]
---

Before any heading.

# Method

Mix and wait. {#x}

## The *second* day!

Bake it hot.

- Listen to the crust. ^crust
- Slice it late.

# Verdict

Dad ate three slices.
"""


@pytest.fixture
def preview(root: Path) -> object:
    other = "See [[The two-day loaf]] and [[loaf#Verdict]]."
    vault = indexed(root, {"loaf.md": NOTE, "a.md": other, "b.md": other, "long.md": "word " * 500})
    return vault.preview


def show(preview: object, fragment: str, path: str = "loaf.md") -> Preview:
    assert callable(preview)
    shown = preview(path, fragment)
    assert isinstance(shown, Preview)
    return shown


def test_the_whole_note(preview: object) -> None:
    shown = show(preview, "")
    assert (shown.title, str(shown.written), shown.tags) == ("The two-day loaf", "2020-02-02", ("bread",))
    assert (shown.heading, shown.line, shown.backlinks) == ("", 0, 2)
    assert shown.text.startswith("Before any heading.")


@pytest.mark.parametrize(
    ("fragment", "heading", "starts", "without"),
    [
        ("Method", "Method", "Mix and wait.", "Dad"),
        ("method", "Method", "Mix and wait.", "Before"),
        ("the-second-day", "The second day!", "Bake it hot.", "Mix"),
        ("Method#The second day!", "The second day!", "Bake it hot.", "Dad"),
        ("Verdict", "Verdict", "Dad ate", "Bake"),
    ],
)
def test_a_heading(preview: object, fragment: str, heading: str, starts: str, without: str) -> None:
    shown = show(preview, fragment)
    assert shown.heading == heading
    assert shown.text.startswith(starts)
    assert without not in shown.text
    assert "#" in NOTE.split("\n")[shown.line]


def test_a_block(preview: object) -> None:
    shown = show(preview, "^CRUST")
    assert shown.text.startswith("Listen to the crust.")
    assert "^crust" in NOTE.split("\n")[shown.line]


LOGSEQ = "- One.\n- Worth keeping.\n  id:: 64a1c2d3-1111-2222-3333-444455556666\n- Last."
DRAWER = ":PROPERTIES:\n:ID: abc\n:END:\n"


@pytest.mark.parametrize(
    ("path", "text", "block", "starts"),
    [
        ("pages/a.md", LOGSEQ, "64a1c2d3-1111-2222-3333-444455556666", "Worth keeping."),
        ("a.org", f"Above.\n\n* One\nFirst prose.\n* Two\n{DRAWER}Its prose.", "abc", "Its prose."),
        ("a.md", "Above.\n\nThe first line\nand the second. ^abc\n\nBelow.", "abc", "The first line"),
        ("b.md", "- Above.\n- The first line\nand the second. ^abc", "abc", "The first line"),
        ("b.org", f"{DRAWER}#+title: X\n\nAbove.\n\n* One\nFirst prose.", "abc", "Above."),
    ],
)
def test_blocks_of_other_dialects(root: Path, path: str, text: str, block: str, starts: str) -> None:
    shown = indexed(root, {path: text}).preview(path, f"^{block}")
    assert shown is not None
    assert shown.text.startswith(starts)


@pytest.mark.parametrize("fragment", ["Nowhere", "^nothing", "#", "^", "***"])
def test_an_unknown_fragment_shows_the_note(preview: object, fragment: str) -> None:
    assert show(preview, fragment) == show(preview, "")


def test_long_notes_are_cut_at_a_word(preview: object) -> None:
    shown = show(preview, "", "long.md")
    assert len(shown.text) <= 402
    assert shown.text.endswith("word …")


def test_no_such_note(preview: object) -> None:
    assert callable(preview)
    assert preview("nowhere.md", "") is None
