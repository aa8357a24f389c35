"""textDocument/definition in each dialect: `¦` is the cursor, the answer is path:line:character."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing_desk import Desk


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("Bread.md", "Needs [[Star", "ter]]", ["Starter.md:0:0"]),
        ("Bread.md", "(baking/Rye", "%20flour", ["baking/Rye flour.md:0:0"]),
        ("Bread.md", "[[#The cr", "ust]]", ["Bread.md:8:0"]),
        ("Starter.md", "#The cr", "ust|", ["Bread.md:8:0"]),
        ("Starter.md", "[[Bre", "ad#The crust", ["Bread.md:8:0"]),
        ("Starter.md", "[[The lo", "af]]", ["Bread.md:0:0"]),
        ("baking/Rye flour.md", "crumb--", "holes", ["Bread.md:12:0"]),
        ("baking/Rye flour.md", "[aga", "in][b]", ["Bread.md:0:0"]),
        ("baking/Rye flour.md", "#^ste", "am]]", ["Bread.md:10:16"]),
        ("baking/Rye flour.md", "water.[^", "1] #craft", ["baking/Rye flour.md:6:2"]),
        ("baking/Rye flour.md", "#craft/bak", "ing/rye", ["baking/Rye flour.md:4:22"]),
        ("journals/2021_03_04.md", "((64f00000-", "0000-4000", ["pages/Oven.md:4:2"]),
        ("journals/2021_03_04.md", "[[Ov", "en]]", ["pages/Oven.md:0:0"]),
        ("journals/2021_03_04.md", "#[[Bre", "ad]]", ["Bread.md:0:0"]),
        ("pages/Oven.md", "kitchen, [[Bre", "ad]]", ["Bread.md:0:0"]),
        ("roam/wind.org", "id:mill", "-1]", ["roam/mill.org:0:0"]),
        ("roam/wind.org", "id:stones", "-1]", ["roam/mill.org:6:0"]),
        ("roam/wind.org", "::*Sto", "nes]]", ["roam/mill.org:6:0"]),
        ("roam/mill.org", "[[file:../Br", "ead.md]", ["Bread.md:0:0"]),
        ("_posts/2015-06-14-salt.md", "[wa", "ter](", ["_posts/2015-06-20-water.md:0:0"]),
        ("_posts/2015-06-20-water.md", "/2015/06/14/sa", "lt/", ["_posts/2015-06-14-salt.md:0:0"]),
        ("Bread.md", "and pat", "ience", []),
    ],
)
async def test_definition(root: Path, path: str, before: str, after: str, expected: list[str]) -> None:
    desk = await Desk(root).start()
    desk.open(path)
    desk.at(before, after)
    assert await desk.places("definition") == expected


async def test_what_is_unsaved_counts(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("Starter.md", "# Starter\n\n## Feeding\n")
    desk.open("new.md", "# Just begun\n")
    desk.open("Bread.md", "[[Starter#Fee¦ding]]")
    assert await desk.places("definition") == ["Starter.md:2:0"]
    desk.open("Bread.md", "[[Just be¦gun]]")
    assert await desk.places("definition") == ["new.md:0:0"]
    desk.open("Bread.md", "[[Nowhe¦re]]")
    assert await desk.ask("definition") is None


async def test_a_client_that_takes_location_links_is_told_what_was_followed(root: Path) -> None:
    desk = await Desk(root).start(textDocument={"definition": {"linkSupport": True}})
    desk.open("Starter.md")
    desk.at("#The cr", "ust|")
    (link,) = await desk.ask("definition")
    assert desk.said(link["originSelectionRange"]) == "[[Bread#The crust|the crust]]"
    assert desk.place(link["targetUri"], link["targetSelectionRange"]) == "Bread.md:8:0"


async def test_links_are_clickable_and_resolved_when_followed(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("Starter.md")
    links = await desk.ask("documentLink")
    assert [desk.said(link["range"]) for link in links] == ["[[Bread#The crust|the crust]]", "[[The loaf]]"]
    assert [link["tooltip"] for link in links] == ["Bread", "Bread"]
    assert links[1]["target"] == desk.uri("Bread.md")
    assert "target" not in links[0]
    assert (await desk.wire.request("documentLink/resolve", links[0]))["target"] == desk.uri("Bread.md") + "#L9"
