"""Each request has one answer, bad ones an error that tells nothing of the notes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from wire import URI, Wire, served_wire

SECRET = "my secret diary"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield from served_wire(monkeypatch)


async def test_requests_before_initialize_are_refused(wire: Wire) -> None:
    assert (await wire.error("textDocument/hover", wire.at(0, 0)))["code"] == -32002
    wire.open("ignored")
    await wire.initialize()
    assert (await wire.error("initialize", {"capabilities": {}, "processId": None}))["code"] == -32600


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/hover", None),
        ("textDocument/hover", {}),
        ("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": -1, "character": 0}}),
        ("textDocument/hover", {"textDocument": {"uri": URI}, "position": SECRET}),
        ("textDocument/completion", {"textDocument": {"uri": URI}, "position": {"line": SECRET, "character": 0}}),
        (
            "textDocument/completion",
            {
                "textDocument": {"uri": URI},
                "position": {"line": 0, "character": 0},
                "context": {"triggerKind": 77},
            },
        ),
        ("recall/related", {"textDocument": SECRET}),
        ("recall/related", {}),
        ("recall/related", {"text": "x", "limit": 0}),
        ("recall/related", {"text": "x", "limit": SECRET}),
        ("workspace/executeCommand", {"command": "recall.related"}),
        ("workspace/executeCommand", {"command": "recall.related", "arguments": [{"limit": SECRET}]}),
        ("workspace/executeCommand", {"command": "other"}),
    ],
)
async def test_bad_params_are_an_error_without_what_was_in_them(
    wire: Wire, caplog: pytest.LogCaptureFixture, method: str, params: Any
) -> None:
    await wire.initialize()
    with caplog.at_level(logging.INFO):
        error = await wire.error(method, params)
    assert error["code"] == -32602
    assert SECRET not in str(error)
    assert SECRET not in caplog.text
    assert "Traceback" not in str(error)


async def test_unknown_methods(wire: Wire) -> None:
    await wire.initialize()
    assert (await wire.error("textDocument/unheardOf", {}))["code"] == -32601
    wire.notify("$/unheardOf", {})
    wire.notify("textDocument/didOpen", {"textDocument": SECRET})


async def test_after_shutdown(wire: Wire) -> None:
    await wire.initialize()
    assert await wire.request("shutdown") is None
    assert (await wire.error("textDocument/hover", wire.at(0, 0)))["code"] == -32600


async def test_messages_that_are_none(wire: Wire) -> None:
    for message in ([1], {"id": 3}, {"a": 1}):
        wire.raw(message)
        assert wire.sent.pop()["error"]["code"] == -32600
    wire.raw({"jsonrpc": "2.0", "id": "nobody", "result": 1})


async def test_a_failure_inside_is_told_without_the_note(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise ValueError(SECRET)

    await wire.initialize()
    wire.open("words")
    wire.vault.related = fail  # type: ignore[method-assign,assignment]
    with caplog.at_level(logging.INFO):
        error = await wire.error("textDocument/hover", wire.at(0, 1))
    assert error["code"] == -32603
    assert "ValueError" in error["message"]
    assert SECRET not in str(error) and SECRET not in caplog.text
    assert "ValueError" in caplog.text


async def test_cancel_is_answered_while_the_work_runs(wire: Wire) -> None:
    await wire.initialize()
    wire.open("patience")
    wire.vault.gate.clear()
    identity = wire.ask("textDocument/hover", wire.at(0, 1))
    while not wire.vault.asked:
        await asyncio.sleep(0.001)
    wire.notify("$/cancelRequest", {"id": identity})
    assert (await wire.reply(identity))["error"]["code"] == -32800
    wire.vault.gate.set()
    assert await wire.request("textDocument/hover", wire.at(0, 1))


async def test_the_latest_request_wins(wire: Wire) -> None:
    await wire.initialize()
    wire.open("patience")
    wire.vault.gate.clear()
    first = wire.ask("textDocument/hover", wire.at(0, 1))
    while not wire.vault.asked:
        await asyncio.sleep(0.001)
    second, third = (wire.ask("textDocument/hover", wire.at(0, character)) for character in (2, 3))
    assert (await wire.reply(first))["result"] is None
    assert (await wire.reply(second))["result"] is None
    wire.vault.gate.set()
    assert (await wire.reply(third))["result"]["contents"]["value"]
    assert len(wire.vault.asked) == 2  # the second never started
