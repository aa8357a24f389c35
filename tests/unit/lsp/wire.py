"""A server in this process, spoken to in JSON-RPC messages as they stand on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_vault import FakeVault, related_notes

from recall_lsp.lsp import lenses
from recall_lsp.lsp.features import completion, hover, related, text_document_content
from recall_lsp.lsp.server import RecallServer
from recall_lsp.lsp.session import Session

URI = "file:///vault/now.md"


class Wire:
    """What the server sends is kept in `sent` until it is taken."""

    def __init__(self, vault: FakeVault | None = None) -> None:
        self.vault = vault or FakeVault({})
        self.server = RecallServer(opener=lambda root, options: self.vault)  # type: ignore[arg-type,return-value]
        self.server.protocol.set_writer(self, include_headers=False)
        self.sent: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self._ids = 0

    @property
    def session(self) -> Session:
        return self.server.session

    def write(self, data: bytes) -> None:
        message = json.loads(data)
        self.sent.append(message)
        if "method" in message and "id" in message:
            answer = self.answers.get(message["method"])
            asyncio.get_running_loop().call_soon(self.raw, {"jsonrpc": "2.0", "id": message["id"], "result": answer})

    def close(self) -> None:
        """The writer's part of pygls' interface."""

    def raw(self, message: Any) -> None:
        protocol = self.server.protocol
        protocol.handle_message(json.loads(json.dumps(message), object_hook=protocol.structure_message))

    def notify(self, method: str, params: Any = None) -> None:
        self.raw({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        self._ids += 1
        self.raw({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return self._ids

    async def reply(self, identity: Any) -> dict[str, Any]:
        """The one reply to a request, taken out of `sent`."""
        async with asyncio.timeout(60):
            while True:
                for message in self.sent:
                    if message.get("id") == identity and "method" not in message:
                        self.sent.remove(message)
                        return message
                await asyncio.sleep(0.001)

    async def request(self, method: str, params: Any = None) -> Any:
        reply = await self.reply(self.ask(method, params))
        assert "error" not in reply, reply
        return reply["result"]

    async def error(self, method: str, params: Any = None) -> dict[str, Any]:
        reply = await self.reply(self.ask(method, params))
        assert "result" not in reply, reply
        error: dict[str, Any] = reply["error"]
        return error

    async def initialize(
        self, root: str = "file:///vault", registers_completion: bool = False, **settings: Any
    ) -> dict[str, Any]:
        completion = {
            "dynamicRegistration": registers_completion,
            "completionItem": {"documentationFormat": ["markdown"]},
        }
        hover = {"contentFormat": ["markdown", "plaintext"]}
        document = {"hover": hover, "completion": completion, "inlineCompletion": {}}
        return await self.initialize_with({"textDocument": document}, root, **settings)

    async def initialize_with(
        self, capabilities: Mapping[str, Any], root: str = "file:///vault", **settings: Any
    ) -> dict[str, Any]:
        params = {
            "processId": None,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": root, "name": Path(root).name}],
            "initializationOptions": settings or None,
        }
        result: dict[str, Any] = await self.request("initialize", params)
        self.session.start = lambda vault: None  # type: ignore[method-assign]  # no keeper process
        self.notify("initialized", {})
        return result

    def open(self, text: str, uri: str = URI) -> None:
        document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def at(self, line: int, character: int, **more: Any) -> dict[str, Any]:
        return {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}} | more

    async def completion(self, line: int, character: int, kind: int = 1) -> Mapping[str, Any] | None:
        context = {"triggerKind": kind}
        return await self.request("textDocument/completion", self.at(line, character, context=context))  # type: ignore[no-any-return]


def served_wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server over a vault of three notes; no message may be left over at the end."""
    for module in (completion, hover, lenses, related, text_document_content):
        monkeypatch.setattr(module, "related_notes", related_notes)
    notes = {
        "Sleep": "Sleep writes memory down.",
        "Bread": "Bread needs patience.",
        "Garden": "A garden teaches patience.",
    }
    made = Wire(FakeVault(notes))
    yield made
    assert made.sent == []
