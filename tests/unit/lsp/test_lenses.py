"""Code lenses, and the page of all related notes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from wire import URI, Wire, served_wire

from recall_lsp.lsp import session as session_module

TEXT = "# Of rest\n\nAll memory.\n\n## Silent\n\nNothing here.\n\n## Waiting\n\nWith patience.\n"
LONG = "All memory comes back to whoever can wait for it a little."


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(session_module, "_SOON", 0.0)
    yield from served_wire(monkeypatch)


async def lenses(wire: Wire) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await wire.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    return found


async def titles(wire: Wire) -> dict[int, str]:
    """By line, what the lenses tell once they are seen."""
    resolved = [await wire.request("codeLens/resolve", lens) for lens in await lenses(wire)]
    return {lens["range"]["start"]["line"]: lens["command"]["title"] for lens in resolved}


async def test_opening_a_document_asks_for_nothing(wire: Wire) -> None:
    await wire.initialize()
    wire.open(TEXT)
    found = await lenses(wire)
    assert [lens["range"]["start"]["line"] for lens in found] == [0, 4, 8]
    assert all("command" not in lens for lens in found)
    assert wire.vault.asked == []


async def test_a_heading_tells_how_many_are_related_and_since_when(wire: Wire) -> None:
    await wire.initialize()
    wire.open(TEXT)
    assert await titles(wire) == {0: "3 related, oldest 2020", 4: "", 8: "2 related, oldest 2020"}
    command = (await wire.request("codeLens/resolve", (await lenses(wire))[0]))["command"]
    assert command["command"] == "recall.showRelated"
    assert command["arguments"] == [{"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}]


async def test_what_is_silent_is_left_out_and_what_is_known_is_not_asked_again(wire: Wire) -> None:
    await wire.initialize()
    wire.open(TEXT)
    await titles(wire)
    asked = len(wire.vault.asked)
    assert list(await titles(wire)) == [0, 8]
    assert len(wire.vault.asked) == asked
    change = {
        "range": {"start": {"line": 6, "character": 0}, "end": {"line": 6, "character": 7}},
    }
    params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change | {"text": "With patience"}]}
    wire.notify("textDocument/didChange", params)
    assert (await titles(wire))[4] == "2 related, oldest 2020"


async def test_teaching_forgets_what_was_told(wire: Wire) -> None:
    await wire.initialize()
    wire.open(TEXT)
    await titles(wire)
    command = {"command": "recall.neverShow", "arguments": [{"note": "file:///vault/Sleep.md"}]}
    await wire.request("workspace/executeCommand", command)
    assert list(await titles(wire)) == [0, 4, 8]


async def test_the_client_is_asked_to_draw_anew_once(wire: Wire) -> None:
    capabilities = {"workspace": {"codeLens": {"refreshSupport": True}}}
    await wire.initialize_with(capabilities)
    await asyncio.sleep(0.01)  # the refresh after the settings have been taken
    wire.sent.clear()
    wire.open("# Silent\n\nNothing.\n\n# Still\n\nNothing.\n")
    assert set((await titles(wire)).values()) == {""}
    await asyncio.sleep(0.05)
    methods = [message["method"] for message in wire.sent]
    assert 1 <= methods.count("workspace/codeLens/refresh") <= 2 and set(methods) == {"workspace/codeLens/refresh"}
    wire.sent.clear()


@pytest.mark.parametrize(("setting", "lines"), [("off", []), ("heading", [0]), ("paragraph", [2, 6])])
async def test_lenses_as_set(wire: Wire, setting: str, lines: list[int]) -> None:
    await wire.initialize(code_lens=setting)
    wire.open(f"# Of rest\n\n{LONG}\n\nToo short.\n\n{LONG}\n\n```\nno prose of eight words in this block here\n```\n")
    assert [lens["range"]["start"]["line"] for lens in await lenses(wire)] == lines


async def test_the_page_of_all_related_notes(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All memory.\n\nAll patience.")
    for query in (f"uri={quote(URI, safe='')}&line=2", quote(f"uri={quote(URI, safe='')}&line=2", safe="")):
        answer = await wire.request("workspace/textDocumentContent", {"uri": f"recall:/Related.md?{query}"})
        assert "## [Bread](file:///vault/Bread.md)" in answer["text"]
        assert "> Bread needs patience." in answer["text"]
        assert "Garden" in answer["text"] and "Sleep" not in answer["text"]


async def test_on_a_blank_line_the_page_tells_what_the_panel_shows(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All memory.\n\nAll patience.\n\n")
    place = {"textDocument": {"uri": URI}, "position": {"line": 4, "character": 0}, "limit": 50}
    shown = [hit["title"] for hit in (await wire.request("recall/related", place))["hits"]]
    page = await wire.request("workspace/textDocumentContent", {"uri": f"recall:/x?uri={quote(URI, safe='')}&line=4"})
    assert "Bread" in shown
    assert re.findall(r"(?m)^## \[(.*?)\]", page["text"]) == shown


@pytest.mark.parametrize("uri", ["recall:/x", "recall:/x?uri=a&line=b", "file:///x?uri=a&line=1"])
async def test_a_page_that_is_none(wire: Wire, uri: str) -> None:
    await wire.initialize()
    assert (await wire.error("workspace/textDocumentContent", {"uri": uri}))["code"] == -32602


async def test_the_page_of_a_document_that_is_closed(wire: Wire) -> None:
    await wire.initialize()
    answer = await wire.request("workspace/textDocumentContent", {"uri": "recall:/x?uri=file%3A%2F%2F%2Fvault%2Fx.md"})
    assert "not open" in answer["text"]


async def test_pages_are_offered_to_a_client_that_shows_them(wire: Wire) -> None:
    await wire.initialize_with({"workspace": {"textDocumentContent": {"dynamicRegistration": True}}})
    await asyncio.sleep(0.01)
    (asked,) = [message for message in wire.sent if message["method"] == "client/registerCapability"]
    (made,) = asked["params"]["registrations"]
    assert made["method"] == "workspace/textDocumentContent"
    assert made["registerOptions"] == {"schemes": ["recall"]}
    wire.sent.clear()
