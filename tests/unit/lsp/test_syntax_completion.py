"""Completions beside notes: `¦` is the cursor; what the line is after accepting an item."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from writing_desk import NOTES, Desk, edited


async def items(desk: Desk, text: str, path: str = "n.md", typed: str = "") -> dict[str, Any]:
    desk.open(path, text)
    context = {"triggerKind": 2, "triggerCharacter": typed} if typed else {"triggerKind": 1}
    answer = await desk.ask("completion", context=context)
    return {item["label"]: item for item in (answer or {"items": []})["items"]}


def accepted(desk: Desk, item: dict[str, Any]) -> str:
    return edited(desk.texts[desk.path], [item["textEdit"], *(item.get("additionalTextEdits") or ())])


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("[[Bread#cr¦", "The crust", "[[Bread#The crust]]"),
        ("[[Bread#cr¦]] on", "Crumb & holes", "[[Bread#Crumb & holes]] on"),
        ("# A\n\n## B c\n\n[[#¦", "B c", "# A\n\n## B c\n\n[[#B c]]"),
        ("[[Bread#^¦", "steam", "[[Bread#^steam]]"),
        ("First par.\n\n[[#^¦]]\n", "First par.", "First par. ^{id}\n\n[[#^{id}]]\n"),
        ("A #kit¦", "kitchen", "A #kitchen"),
        ("A #baking¦", "craft/baking", "A #craft/baking"),
        ("---\ntags: [craft, ki¦]\n---\n", "kitchen", "---\ntags: [craft, kitchen]\n---\n"),
        ("---\nmood: x\ntags:\n  - craft/b¦\n---\n", "craft/baking", "---\nmood: x\ntags:\n  - craft/baking\n---\n"),
        ("> [!wa¦", "warning", "> [!warning] "),
        ("Said[^¦.\n\n[^a]: known\n", "a", "Said[^a].\n\n[^a]: known\n"),
        ("Said[^¦.\n", "1", "Said[^1].\n\n[^1]: \n"),
        ("[x](rye¦)", "baking/Rye flour.md", "[x](baking/Rye%20flour.md)"),
        ("[x](<rye¦", "baking/Rye flour.md", "[x](<baking/Rye flour.md>)"),
        ("[x](Bread.md#c¦)", "Crumb & holes", "[x](Bread.md#crumb--holes)"),
    ],
)
async def test_completion(root: Path, text: str, label: str, expected: str) -> None:
    desk = await Desk(root).start()
    found = await items(desk, text)
    assert label in found, list(found)
    made = accepted(desk, found[label])
    if "{id}" in expected:
        identity = made.partition("^")[2][:6]
        expected = expected.replace("{id}", identity)
    assert made == expected


async def test_a_block_of_another_note_gets_its_id_when_it_is_chosen(root: Path) -> None:
    desk = await Desk(root).start()
    found = await items(desk, "[[Starter#^¦")
    item = found["day one"]
    made = accepted(desk, item)
    asked = {"command": item["command"]["command"], "arguments": item["command"]["arguments"]}
    desk.wire.answers["workspace/applyEdit"] = {"applied": True}
    await desk.wire.request("workspace/executeCommand", asked)
    async with asyncio.timeout(10):
        while not (sent := [one["params"] for one in desk.wire.sent if one.get("method") == "workspace/applyEdit"]):
            await asyncio.sleep(0.01)
    await desk.apply(sent[0]["edit"])
    identity = made.partition("^")[2].removesuffix("]]")
    assert made == f"[[Starter#^{identity}]]"
    assert (root / "Starter.md").read_text() == NOTES["Starter.md"].replace("- day one", f"- day one ^{identity}")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("pages/n.md", "tags:: craft, kit¦\n\n- a\n", "tags:: craft, kitchen\n\n- a\n"),
        ("roam/n.org", "#+title: N\n#+filetags: :craft:kit¦\n", "#+title: N\n#+filetags: :craft:kitchen\n"),
        ("roam/n.org", "#+title: N\n\n* Stones :kit¦\n", "#+title: N\n\n* Stones :kitchen\n"),
    ],
)
async def test_tags_in_fields_of_each_dialect(root: Path, path: str, text: str, expected: str) -> None:
    desk = await Desk(root).start()
    assert accepted(desk, (await items(desk, text, path))["kitchen"]) == expected


async def test_other_fields_of_front_matter_hold_no_tags(root: Path) -> None:
    desk = await Desk(root).start()
    assert "kitchen" not in await items(desk, "---\nmood: kit¦\ntags: [a]\n---\n")


async def test_logseq_properties_of_the_vault(root: Path) -> None:
    desk = await Desk(root, {"pages/a.md": "rating:: 5\n\n- x\n  rating:: 3\n", "pages/b.md": "- x\n"}).start()
    found = await items(desk, "- made\n  rat¦\n  id:: 1\n", "pages/b.md")
    assert accepted(desk, found["rating::"]) == "- made\n  rating:: \n  id:: 1\n"


async def test_logseq_properties_and_org_files(root: Path) -> None:
    desk = await Desk(root).start()
    found = await items(desk, "title:: x\nali¦\n", "pages/x.md")
    assert accepted(desk, found["alias::"]) == "title:: x\nalias:: \n"
    found = await items(desk, "#+title: T\n\n[[file:brea¦", "roam/t.org")
    assert accepted(desk, found["../Bread.md"]).endswith("[[file:../Bread.md]]")


async def test_a_day_by_its_words_in_the_folder_of_the_others(root: Path) -> None:
    desk = await Desk(root).start()
    found = await items(desk, "[[tomorrow¦]] we bake", typed="[")
    tomorrow = date.today() + timedelta(1)
    assert accepted(desk, found["tomorrow"]) == f"[[{tomorrow:%Y_%m_%d}]] we bake"
    assert "daily note, not written yet" in found["tomorrow"]["detail"]
    assert "Bread" in await items(desk, "[[Bre¦")


@pytest.mark.parametrize("text", ["`#kit¦`", "# ¦", "a#b¦", "```\n#kit¦\n```\n", "plain words ¦"])
async def test_nothing_is_offered_where_nothing_is_begun(root: Path, text: str) -> None:
    desk = await Desk(root).start()
    assert await items(desk, text, typed="#") == {}
