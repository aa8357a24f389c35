"""recall.daily, and the days that words mean."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from writing_desk import CAPABILITIES, Desk

from recall_lsp.links.daily import day_meant


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("today", "2024-05-15"),
        ("next monday", "2024-05-20"),
        ("last friday", "2024-05-10"),
        ("3 days ago", "2024-05-12"),
        ("in two weeks", "2024-05-29"),
        ("sunday roast", None),
        ("may", None),
        ("2024", None),
        ("the loaf", None),
    ],
)
def test_the_day_that_is_meant(words: str, expected: str | None) -> None:
    found = day_meant(words, date(2024, 5, 15))
    assert (found and found.isoformat()) == expected


async def test_the_note_of_a_day_is_created_and_shown(root: Path) -> None:
    desk = await Desk(root).start(window={"showDocument": {"support": True}}, workspace=CAPABILITIES["workspace"])
    tomorrow = date.today() + timedelta(1)
    command = {"command": "recall.daily", "arguments": [{"when": "tomorrow"}]}
    desk.wire.answers["workspace/applyEdit"] = {"applied": True}
    desk.wire.answers["window/showDocument"] = {"success": True}
    answer = await desk.wire.request("workspace/executeCommand", command)
    assert answer["uri"] == desk.uri(f"journals/{tomorrow:%Y_%m_%d}.md")
    asked = {sent["method"]: sent["params"] for sent in desk.wire.sent if "method" in sent}
    await desk.apply(asked["workspace/applyEdit"]["edit"])
    assert (root / f"journals/{tomorrow:%Y_%m_%d}.md").exists()
    assert asked["window/showDocument"]["uri"] == answer["uri"]


async def test_a_new_note_from_a_template(root: Path) -> None:
    notes = {"a.md": "x", "templates/idea.md": "---\ncreated: {{date}}\n---\n# {{title}}\n\nWhy?\n"}
    desk = await Desk(root, notes, new_note_folder="inbox").start(workspace=CAPABILITIES["workspace"])
    desk.wire.answers["workspace/applyEdit"] = {"applied": True}
    asked = {"title": "Salt: why?", "template": "templates/idea.md"}
    command = {"command": "recall.newNote", "arguments": [asked]}
    answer = await desk.wire.request("workspace/executeCommand", command)
    assert answer == {"uri": desk.uri("inbox/Salt why.md")}
    (sent,) = [one["params"] for one in desk.wire.sent if one.get("method") == "workspace/applyEdit"]
    await desk.apply(sent["edit"])
    text = (root / "inbox/Salt why.md").read_text()
    assert text == f"---\ncreated: {date.today().isoformat()}\n---\n# Salt: why?\n\nWhy?\n"
    desk.wire.sent.clear()
    assert await desk.wire.request("workspace/executeCommand", command) == answer  # it is there: nothing is made
    assert not [one for one in desk.wire.sent if one.get("method") == "workspace/applyEdit"]


@pytest.mark.parametrize(
    "wrong", [{"title": " ?"}, {"title": "a", "template": "none.md"}, {"title": "a", "folder": "../.."}]
)
async def test_a_new_note_that_cannot_be(root: Path, wrong: dict[str, str]) -> None:
    desk = await Desk(root).start()
    asked = {"command": "recall.newNote", "arguments": [wrong]}
    assert (await desk.wire.error("workspace/executeCommand", asked))["code"] == -32602


async def test_one_that_is_there_is_only_shown_and_nonsense_is_refused(root: Path) -> None:
    desk = await Desk(root, {"2021-03-04.md": "x", f"{date.today():%Y-%m-%d}.md": "y"}).start()
    answer = await desk.wire.request("workspace/executeCommand", {"command": "recall.daily", "arguments": [{}]})
    assert answer["uri"] == desk.uri(f"{date.today():%Y-%m-%d}.md")
    assert desk.wire.sent == []
    wrong = {"command": "recall.daily", "arguments": [{"when": "the loaf"}]}
    assert "which day" in (await desk.wire.error("workspace/executeCommand", wrong))["message"]
