"""A server under a storm: it goes on answering right, its memory stays flat, and it ends with its client."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import psutil
import pytest
from editor import CHECKOUT, PARAGRAPH, Editor, copy_sample, editor, notes_in
from lsprotocol import types
from vaults import eventually

STORM = 1_000
ROUNDS = 3
GROWTH = 30e6
"""Bytes that a round may add to what the server held after the first."""


def held(window: Editor) -> int:
    return int(psutil.Process(window.pid).memory_info().rss)


def message(**parts: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **parts}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def storm(window: Editor, uri: str) -> list[dict[str, Any]]:
    """Completions without a pause, an edit after every fifth, every third cancelled; the replies in order."""
    ids = [f"raw-{number}" for number in range(STORM)]
    for number, identity in enumerate(ids):
        if number % 5 == 0:
            window.type(uri, 0, 0, "x")
        at = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": len(PARAGRAPH)}}
        window.write(message(id=identity, method="textDocument/completion", params=at).partition(b"\r\n\r\n")[2])
        if number % 3 == 1:
            window.write(message(method="$/cancelRequest", params={"id": identity}).partition(b"\r\n\r\n")[2])
        if number % 100 == 0:
            await asyncio.sleep(0)
    deadline = time.monotonic() + 60
    while len(window.replies) < STORM:
        assert time.monotonic() < deadline, f"{STORM - len(window.replies)} requests got no answer"
        await asyncio.sleep(0.05)
    return [window.replies.pop(identity) for identity in ids]


async def test_a_thousand_completions_with_edits_and_cancels(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", f"\n{PARAGRAPH}\n")
        memory = []
        for _ in range(ROUNDS):
            replies = await storm(window, uri)
            assert all("result" in reply or reply["error"]["code"] == -32800 for reply in replies)
            labels = [item["label"] for item in replies[-1]["result"]["items"]]
            assert "Counting to ten" in labels, "the newest request wins"
            memory.append(held(window))
        assert memory[-1] - memory[0] < GROWTH, memory
        [hit, *_] = await window.related(uri, 1, 5)
        assert hit.path == "Counting to ten.md"


async def test_nonsense_on_the_wire_is_survived(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    nonsense: list[bytes] = [
        b"", b"null", b"3", b'"x"', b"[]", b"[[]]", b"{}", b'{"jsonrpc": "2.0"}', b'{"jsonrpc": "1.0", "method": 3}',
        b'{"jsonrpc": "2.0", "id": {}, "method": []}', b"\xff\xfe",
        b'{"jsonrpc": "2.0", "id": 9, "result": 1, "error": 2}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": 3}}}', b"{" * 100_000,
        b"[" * 100_000, b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "nobody"}}',
    ]  # fmt: skip
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", PARAGRAPH)
        for body in nonsense * 3:
            window.write(body)
        assert await window.related(uri, 0, 5)
        window.replies.clear()


@pytest.mark.slow
async def test_a_document_of_a_hundred_megabytes(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        before = held(window)
        line = f"{PARAGRAPH} And so on.\n"
        for number in range(2):
            uri = window.open(vault / f"huge{number}.md", line * (100_000_000 // len(line)))
            assert await window.related(uri, 500_000, 5)
            window.type(uri, 500_000, 0, "x")
            assert await window.hover(uri, 500_000, 5)
            closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
            window.client.text_document_did_close(closed)
        other = window.open(vault / "now.md", PARAGRAPH)
        assert await window.related(other, 0, 5)
        assert held(window) - before < 400e6, "closed documents are let go of"


async def start(tmp_path: Path, vault: Path) -> tuple[Process, list[psutil.Process]]:
    """A server that was told of the vault, and its keeper."""
    places = {"RECALL_CACHE_DIR": str(tmp_path / "cache"), "RECALL_DATA_DIR": str(tmp_path / "data")}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "recall_lsp", "serve", stdin=PIPE, stdout=PIPE, stderr=subprocess.DEVNULL, cwd=CHECKOUT,
        env=os.environ | places,
    )  # fmt: skip
    assert server.stdin is not None and server.stdout is not None
    folders = [{"uri": vault.as_uri(), "name": "vault"}]
    options = {"model": "none"}
    params = {"processId": None, "capabilities": {}, "workspaceFolders": folders, "initializationOptions": options}
    server.stdin.write(message(id=1, method="initialize", params=params) + message(method="initialized", params={}))
    await server.stdout.readuntil(b"\r\n\r\n")
    children = psutil.Process(server.pid).children
    eventually(lambda: children(recursive=True), "the keeper has started")
    return server, children(recursive=True)


async def test_a_client_that_never_reads(tmp_path: Path) -> None:
    """Its pipe fills; the server holds what it may, ends when the client goes, and takes its keeper along."""
    server, keepers = await start(tmp_path, copy_sample(tmp_path / "vault"))
    assert server.stdin is not None
    process = psutil.Process(server.pid)
    uri = (tmp_path / "vault" / "now.md").as_uri()
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": PARAGRAPH}
    server.stdin.write(message(method="textDocument/didOpen", params={"textDocument": document}))
    at = {"textDocument": {"uri": document["uri"]}, "position": {"line": 0, "character": 5}}
    memory = []
    for begin in range(0, 4_000, 2_000):
        for number in range(begin, begin + 2_000):
            server.stdin.write(message(id=number + 2, method="textDocument/hover", params=at))
        await quiet(process)
        memory.append(process.memory_info().rss)
    assert memory[1] - memory[0] < GROWTH, memory
    await gone(server, keepers, server._transport.close)  # type: ignore[attr-defined]


async def quiet(process: psutil.Process) -> None:
    """Until the process has done nothing for a while: what it was asked is done, or waits for its reader."""
    spent, last = -1.0, 0.0
    while last - spent > 0.02:
        spent = last
        await asyncio.sleep(0.7)
        last = sum(process.cpu_times()[:2])


async def test_a_client_that_dies_in_the_storm(tmp_path: Path) -> None:
    server, keepers = await start(tmp_path, copy_sample(tmp_path / "vault"))
    assert server.stdin is not None
    for number in range(500):
        server.stdin.write(message(id=number + 2, method="recall/status"))
    await gone(server, keepers, server.stdin.close)


async def gone(server: Process, keepers: list[psutil.Process], leave: Any) -> None:
    """The client leaves: server and keeper end, within two seconds on an idle machine."""
    leave()
    started = time.monotonic()
    _, alive = await asyncio.to_thread(psutil.wait_procs, [psutil.Process(server.pid), *keepers], 10)
    assert not alive, "they outlive their client"
    assert time.monotonic() - started < 8
