"""Folders, settings and which vault a document belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import Wire, served_wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield from served_wire(monkeypatch)


async def test_the_deepest_folder_serves(wire: Wire, tmp_path: Path) -> None:
    inner = tmp_path / "a b" / "inner"
    inner.mkdir(parents=True)
    await wire.initialize(tmp_path.as_uri())
    wire.session.add_folder((tmp_path / "a b").as_uri(), {})
    wire.session.add_folder(inner.as_uri(), {})
    for path, root, relative in (
        (inner / "x.md", inner, "x.md"),
        (tmp_path / "a b" / "ü.md", tmp_path / "a b", "ü.md"),
        (tmp_path / "y" / "z.md", tmp_path, "y/z.md"),
    ):
        place = wire.session.place(path.as_uri())
        assert place is not None and (place[0].root, place[1]) == (root, relative)
    assert wire.session.place("file:///elsewhere/x.md") is None
    assert wire.session.place("git:/x.md") is None
    assert wire.session.place("no uri at all") is None


async def test_a_folder_reached_by_a_link(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    await wire.initialize((tmp_path / "link").as_uri())
    place = wire.session.place((tmp_path / "real" / "x.md").as_uri())
    assert place is not None and place[1] == "x.md"


async def test_the_same_folder_twice_is_one_vault(wire: Wire, tmp_path: Path) -> None:
    await wire.initialize(tmp_path.as_uri())
    wire.session.add_folder(tmp_path.as_uri(), {})
    assert len(wire.session.vaults) == 1


async def test_a_removed_folder_is_closed(wire: Wire, tmp_path: Path) -> None:
    await wire.initialize(tmp_path.as_uri())
    await wire.request("recall/status")
    change = {"added": [], "removed": [{"uri": tmp_path.as_uri(), "name": "x"}]}
    wire.notify("workspace/didChangeWorkspaceFolders", {"event": change})
    assert (await wire.request("recall/status"))["folders"] == []
    async with asyncio.timeout(10):
        while not wire.vault.closed:  # in the vault's own thread
            await asyncio.sleep(0.001)


async def test_settings_of_recall_toml_and_of_the_editor(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "recall.toml").write_text('limit = 3\nhover = "links"\ncolour = 1\n')
    await wire.initialize(tmp_path.as_uri(), limit=7)
    options = wire.session.vaults[0].options
    assert (options.limit, options.hover) == (7, "links")
    told = wire.sent.pop()
    assert told["method"] == "window/showMessage" and told["params"]["type"] == 2
    assert "colour" in told["params"]["message"]
    wire.notify("workspace/didChangeConfiguration", {"settings": {"recall": {"limit": 9}}})
    await wire.request("recall/status")
    assert wire.session.vaults[0].options.limit == 9
    wire.notify("workspace/didChangeConfiguration", {"settings": {"recall": [1]}})
    assert "must be a table" in wire.sent.pop()["params"]["message"]


async def test_a_client_that_takes_triggers_later_is_told_each_change(wire: Wire, tmp_path: Path) -> None:
    told = await wire.initialize(tmp_path.as_uri(), registers_completion=True)
    assert "completionProvider" not in told["capabilities"]  # or the client would ask twice
    (made,) = await registrations(wire, 1)
    assert made == {
        "method": "textDocument/completion",
        "id": "completion",
        "registerOptions": {
            "documentSelector": None,
            "triggerCharacters": ["!", "#", "(", ";", "[", "^"],
            "resolveProvider": True,
        },
    }
    wire.notify("workspace/didChangeConfiguration", {"settings": {"recall": {"trigger": "@@"}}})
    gone, made = await registrations(wire, 2)
    assert gone == {"method": "textDocument/completion", "id": "completion"}
    assert made["registerOptions"]["triggerCharacters"] == ["!", "#", "(", "@", "[", "^"]
    wire.notify("workspace/didChangeConfiguration", {"settings": {"recall": {"trigger": "@@", "limit": 3}}})
    await wire.request("recall/status")
    assert wire.session.vaults[0].options.limit == 3  # and nothing is told of it


async def test_the_keeper_tells_of_a_changed_recall_toml(wire: Wire, tmp_path: Path) -> None:
    await wire.initialize(tmp_path.as_uri(), registers_completion=True, limit=7)
    await registrations(wire, 1)
    (tmp_path / "recall.toml").write_text('trigger = "++"\nlimit = 2\nquiet = 0.5\n')
    vault = wire.session.vaults[0]
    wire.session._on_keeper(vault, {"event": "settings"})
    _, made = await registrations(wire, 2)
    assert made["registerOptions"]["triggerCharacters"] == ["!", "#", "(", "+", "[", "^"]
    assert (vault.options.limit, vault.options.quiet) == (7, 0.5)  # the editor's own settings still win


async def registrations(wire: Wire, count: int) -> list[Any]:
    """The next so many registrations and unregistrations, in order."""
    async with asyncio.timeout(10):
        while len(wire.sent) < count:
            await asyncio.sleep(0.001)
    told = [message["params"] for message in wire.sent]
    wire.sent.clear()
    return [one for params in told for one in next(iter(params.values()))]
