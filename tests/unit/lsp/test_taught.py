"""The commands that teach: dismiss, never show, accepted, undo, hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import URI, Wire, served_wire

from recall_lsp.index.feedback import feedback_path

SLEEP = "file:///vault/Sleep.md"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield from served_wire(monkeypatch)


async def run(wire: Wire, command: str, *arguments: Any) -> Any:
    return await wire.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})


async def refused(wire: Wire, command: str, *arguments: Any) -> str:
    error = await wire.error("workspace/executeCommand", {"command": command, "arguments": list(arguments)})
    assert error["code"] == -32602
    return str(error["message"])


async def test_a_note_is_dismissed_here(wire: Wire) -> None:
    await wire.initialize()
    answer = await run(wire, "recall.dismiss", {"uri": URI, "note": SLEEP})
    assert answer == {"id": answer["id"], "kind": "dismissed", "note": SLEEP, "title": "Sleep", "near": URI}
    assert wire.vault.feedback.hidden("now.md") == {"Sleep.md"}
    assert wire.vault.feedback.hidden("other.md") == frozenset()
    assert await run(wire, "recall.hidden") == {"hidden": [answer]}
    assert await run(wire, "recall.undo") == answer
    assert await run(wire, "recall.undo") is None
    assert await run(wire, "recall.hidden") == {"hidden": []}
    assert wire.vault.feedback.hidden("now.md") == frozenset()


async def test_a_note_is_never_shown_until_that_is_undone_by_its_id(wire: Wire) -> None:
    await wire.initialize()
    never = await run(wire, "recall.neverShow", {"note": SLEEP})
    await run(wire, "recall.dismiss", {"uri": URI, "note": "file:///vault/Bread.md"})
    assert wire.vault.feedback.hidden("now.md") == {"Sleep.md", "Bread.md"}
    assert wire.vault.feedback.hidden("other.md") == {"Sleep.md"}
    assert await run(wire, "recall.undo", {"id": never["id"]}) == never
    assert wire.vault.feedback.hidden("now.md") == {"Bread.md"}


async def test_what_was_accepted_hides_nothing(wire: Wire) -> None:
    await wire.initialize()
    answer = await run(wire, "recall.accepted", {"uri": URI, "note": SLEEP, "how": "quote"})
    assert (answer["kind"], answer["near"]) == ("accepted", URI)
    assert await run(wire, "recall.undo") is None
    assert '"how": "quote"' in feedback_path(Path("/vault")).read_text()


async def test_a_note_is_pinned_and_let_go(wire: Wire) -> None:
    await wire.initialize()
    answer = await run(wire, "recall.pin", {"note": SLEEP})
    assert answer == {"id": answer["id"], "kind": "pinned", "note": SLEEP, "title": "Sleep", "near": None}
    pin = {"id": answer["id"], "note": SLEEP, "title": "Sleep", "link": "[[Sleep]]"}
    assert await run(wire, "recall.pinned", {"uri": URI}) == {"pinned": [pin]}
    assert await run(wire, "recall.hidden") == {"hidden": []} and await run(wire, "recall.undo") is None
    assert await run(wire, "recall.undo", {"id": answer["id"]}) == answer
    assert await run(wire, "recall.pinned", {}) == {"pinned": []}


async def test_what_was_taught_follows_a_rename_in_the_editor(wire: Wire) -> None:
    await wire.initialize()
    await run(wire, "recall.dismiss", {"uri": URI, "note": SLEEP})
    await run(wire, "recall.pin", {"note": SLEEP})
    moves = {"Sleep.md": "night/Rest.md", "now.md": "then.md"}
    files = [{"oldUri": f"file:///vault/{old}", "newUri": f"file:///vault/{new}"} for old, new in moves.items()]
    wire.notify("workspace/didRenameFiles", {"files": files})
    [pinned] = (await run(wire, "recall.pinned", {}))["pinned"]
    assert (pinned["note"], pinned["title"]) == ("file:///vault/night/Rest.md", "")  # the keeper has not read it yet
    assert wire.vault.feedback.hidden("then.md") == {"night/Rest.md"}


@pytest.mark.parametrize(
    ("command", "argument", "expected"),
    [
        ("recall.dismiss", {"uri": URI}, "recall.dismiss takes another argument: missing @ .note"),
        ("recall.dismiss", [], "takes another argument"),
        ("recall.neverShow", {}, "missing @ .note"),
        ("recall.neverShow", {"note": "file:///elsewhere/x.md"}, "note is in no folder that is served"),
        ("recall.neverShow", {"note": "file:///vault/Nowhere.md"}, "note is no note of this folder"),
        ("recall.dismiss", {"uri": "http://x/y", "note": SLEEP}, "uri is in no folder that is served"),
        ("recall.accepted", {"note": SLEEP}, "missing @ .uri"),
    ],
)
async def test_a_wrong_argument_is_told(wire: Wire, command: str, argument: Any, expected: str) -> None:
    await wire.initialize()
    assert expected in await refused(wire, command, argument)
    assert not feedback_path(Path("/vault")).exists()


async def test_no_argument_at_all(wire: Wire) -> None:
    await wire.initialize()
    assert "missing @ .uri" in await refused(wire, "recall.dismiss")


async def test_a_disk_that_refuses_is_told(wire: Wire) -> None:
    await wire.initialize()
    path = feedback_path(Path("/vault"))
    path.mkdir(parents=True)  # a folder where the file should be
    params = {"command": "recall.neverShow", "arguments": [{"note": SLEEP}]}
    error = await wire.error("workspace/executeCommand", params)
    assert error["message"].endswith("this cannot be remembered: Is a directory")
