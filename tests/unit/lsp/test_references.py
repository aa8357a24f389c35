"""textDocument/references, documentHighlight and recall/backlinks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from writing_desk import Desk

BREAD = [
    "Starter.md:2:15",
    "Starter.md:2:49",
    "baking/Rye flour.md:0:15",
    "baking/Rye flour.md:0:54",
    "baking/Rye flour.md:0:69",
    "journals/2021_03_04.md:1:3",
    "pages/Oven.md:1:16",
    "pages/Oven.md:5:7",
    "roam/mill.org:10:6",
]
"""All links to Bread.md: wiki links, an alias, an embed, inline and reference links, Logseq's and org's."""


async def references(desk: Desk, declaration: bool = False) -> list[str]:
    return await desk.places("references", context={"includeDeclaration": declaration})


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("Bread.md", "and pat", "ience", BREAD),
        ("Starter.md", "[[The lo", "af]]", BREAD),
        ("Bread.md", "## The cr", "ust", ["Bread.md:14:39", "Starter.md:2:15"]),
        ("Bread.md", "Crumb &", " holes", ["baking/Rye flour.md:0:15"]),
        ("Bread.md", "^ste", "am", ["baking/Rye flour.md:0:69"]),
        ("Bread.md", "#kit", "chen", ["Bread.md:2:7", "Bread.md:6:33", "pages/Oven.md:1:7", "roam/mill.org:4:13"]),
        ("pages/Oven.md", "#cra", "ft",
         ["Bread.md:2:16", "baking/Rye flour.md:4:22", "pages/Oven.md:5:22", "roam/mill.org:6:10"]),
        ("baking/Rye flour.md", "[^", "1]: More", ["baking/Rye flour.md:4:18"]),
        ("pages/Oven.md", "id:: 64f0", "0000", ["journals/2021_03_04.md:0:2"]),
        ("roam/mill.org", "* Sto", "nes", ["roam/wind.org:2:34", "roam/wind.org:2:63"]),
        ("_posts/2015-06-20-water.md", "layout", ": post", ["_posts/2015-06-14-salt.md:4:39"]),
    ],
)  # fmt: skip
async def test_references(root: Path, path: str, before: str, after: str, expected: list[str]) -> None:
    desk = await Desk(root).start()
    desk.open(path)
    desk.at(before, after)
    assert await references(desk) == expected


async def test_the_heading_that_titles_a_note_is_the_note(root: Path) -> None:
    desk = await Desk(root, {"a.md": "# Sea salt\n", "b.md": "[[Sea salt]], [[a]], [[a#Sea salt]]"}).start()
    desk.open("a.md", "# Sea¦ salt\n")
    assert await references(desk) == ["b.md:0:0", "b.md:0:14", "b.md:0:21"]
    assert (await references(desk, declaration=True))[0] == "a.md:0:0"


async def test_what_is_unsaved_counts(root: Path) -> None:
    desk = await Desk(root, {"a.md": "# A\n", "b.md": "[[a]]", "c.md": "[[a]]"}).start()
    desk.open("b.md", "no more")
    desk.open("d.md", "😀 [[a]]")
    desk.open("a.md", "¦# A\n")
    assert await references(desk) == ["c.md:0:0", "d.md:0:3"]


async def test_links_to_a_note_that_is_not_there(root: Path) -> None:
    desk = await Desk(root, {"a.md": "[[Some day]]", "b.md": "[[some-day]] [[other]]"}).start()
    desk.open("a.md", "[[Some¦ day]]")
    assert await references(desk) == ["a.md:0:0", "b.md:0:0"]


async def test_highlights_of_the_same_in_the_note(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("a.md", "# A\n\n[[Bre¦ad]], [x](Bread.md), [[Starter]], [[The loaf]]\n")
    found = await desk.ask("documentHighlight")
    assert [desk.said(one["range"]) for one in found] == ["[[Bread]]", "[x](Bread.md)", "[[The loaf]]"]
    desk.open("a.md", "#x/y¦ and #x/y, `#x/y` and #x\n")
    assert [one["range"]["start"]["character"] for one in await desk.ask("documentHighlight")] == [1, 10]
    desk.open("a.md", "prose¦ only")
    assert await desk.ask("documentHighlight") is None


async def test_backlinks_come_with_their_sentences(root: Path) -> None:
    desk = await Desk(root, {"a.md": "# A\n", "b.md": "First. Then [[a]] came.  Last."}).start()
    desk.open("a.md", "¦# A\n")
    params: dict[str, Any] = {"textDocument": {"uri": desk.uri("a.md")}}
    (found,) = (await desk.wire.request("recall/backlinks", params))["backlinks"]
    assert (found["path"], found["title"], found["sentence"]) == ("b.md", "b", "Then [[a]] came.")
    command = {"command": "recall.backlinks", "arguments": [params]}
    assert (await desk.wire.request("workspace/executeCommand", command))["backlinks"] == [found]
