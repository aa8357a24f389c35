"""documentSymbol, workspace/symbol, foldingRange and selectionRange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from writing_desk import Desk

NOTE = """---
title: T
---
# One

Text with [[Bread|a label]] here. And more.

## Two ^b1

- item
  - nested
    more

```py
# no heading
x = 1
```

### Three

# Four
last
"""


def tree(symbols: list[dict[str, Any]]) -> list[Any]:
    return [[one["name"], *tree(one.get("children") or [])] for one in symbols]


async def test_headings_nest_and_blocks_are_told(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", NOTE)
    symbols = await desk.ask("documentSymbol")
    assert tree(symbols) == [["One", ["Two", ["^b1"], ["Three"]]], ["Four"]]
    two = symbols[0]["children"][0]
    assert desk.said(two["range"]).startswith("## Two") and desk.said(two["range"]).endswith("### Three\n\n")
    assert desk.said(two["selectionRange"]) == "Two ^b1"
    desk.open("roam/mill.org")
    assert tree(await desk.ask("documentSymbol")) == [["^mill-1"], ["Stones", ["^stones-1"]]]


async def test_a_client_without_trees_gets_a_list(root: Path) -> None:
    desk = await Desk(root).start(textDocument={})
    desk.open("n.md", NOTE)
    flat = [(one["name"], one.get("containerName")) for one in await desk.ask("documentSymbol")]
    assert flat == [("One", None), ("Two", "One"), ("^b1", "Two"), ("Three", "Two"), ("Four", None)]


async def symbols(desk: Desk, query: str) -> list[tuple[str, str, int]]:
    found = await desk.wire.request("workspace/symbol", {"query": query})
    return [
        (one["name"], desk.relative(one["location"]["uri"]), one["location"]["range"]["start"]["line"]) for one in found
    ]


async def test_notes_headings_and_tags_by_name_and_by_words(root: Path) -> None:
    desk = await Desk(root).start()
    assert (await symbols(desk, "crust"))[0] == ("The crust", "Bread.md", 8)
    assert (await symbols(desk, "brea"))[0] == ("Bread", "Bread.md", 0)
    assert ("Rye flour", "baking/Rye flour.md", 0) in await symbols(desk, "drinks water")
    assert [name for name, *_ in await symbols(desk, "#cra")] == ["#craft", "#craft/baking", "#craft/baking/rye"]
    desk.open("new.md", "# Fresh yeast\n\n## Pressed\n")
    assert ("Pressed", "new.md", 2) in await symbols(desk, "press")
    assert ("Fresh yeast", "new.md", 0) in await symbols(desk, "yeast")


async def test_sections_front_matter_lists_and_code_fold(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", NOTE)
    folds = [(one["startLine"], one["endLine"]) for one in await desk.ask("foldingRange")]
    assert folds == [(0, 2), (3, 18), (7, 18), (9, 11), (10, 11), (13, 16), (20, 21)]
    desk.open("roam/mill.org")
    folds = [(one["startLine"], one["endLine"]) for one in await desk.ask("foldingRange")]
    assert folds == [(0, 2), (6, 10), (7, 9)]


async def test_a_selection_grows_from_the_word_to_the_note(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", NOTE)
    desk.at("|a la", "bel]]")
    (grown,) = await desk.ask("selectionRange", positions=[desk.cursor])
    said = []
    while grown:
        said.append(desk.said(grown["range"]))
        grown = grown.get("parent")
    assert said[:5] == [
        "label",
        "a label",
        "[[Bread|a label]]",
        "Text with [[Bread|a label]] here.",
        "Text with [[Bread|a label]] here. And more.",
    ]
    assert said[-2].startswith("# One") and said[-2].endswith("### Three")
    assert said[-1] == NOTE
