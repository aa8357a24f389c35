"""An editor without a screen: pytest-lsp's client, over stdio, against the real server process."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from lsprotocol import types
from pygls.protocol import JsonRPCNotification
from pytest_lsp import LanguageClient
from pytest_lsp.client import make_test_lsp_client

import recall_lsp

CHECKOUT = Path(recall_lsp.__file__).parent.parent
SAMPLE = Path(recall_lsp.__file__).parent / "sample"
EXPECTED = {
    "window/workDoneProgress/create",
    "$/progress",
    "workspace/configuration",
    "client/registerCapability",
    "client/unregisterCapability",
    "recall/changed",
    "workspace/applyEdit",
}
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine before a test fails."""

PARAGRAPH = "When I ask the team a question, I should count to ten before I answer it myself."
"""Belongs to the sample's note "Counting to ten"."""

MARKDOWN = [types.MarkupKind.Markdown, types.MarkupKind.PlainText]


class Editor:
    """One editor window on some folders."""

    def __init__(self, client: LanguageClient, home: Path) -> None:
        self.client = client
        self.home = home
        self.received: Counter[str] = Counter()
        self.replies: dict[Any, dict[str, Any]] = {}
        self.registered: dict[str, types.Registration] = {}
        self.encoding: types.PositionEncodingKind | str | None = None
        self.triggers: Sequence[str] = ()
        self._versions: Counter[str] = Counter()
        self._watch_messages()

    @property
    def pid(self) -> int:
        assert self.client._server is not None
        return self.client._server.pid

    def take_registration(self, params: types.RegistrationParams) -> None:
        for made in params.registrations:
            assert made.id not in self.registered
            self.registered[made.id] = made

    def take_unregistration(self, params: types.UnregistrationParams) -> None:
        for gone in params.unregisterations:
            assert self.registered.pop(gone.id).method == gone.method

    def open(self, path: Path, text: str) -> str:
        uri = path.as_uri()
        item = types.TextDocumentItem(uri, "markdown", 0, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, line: int, character: int, text: str) -> None:
        """Insert `text` at a position (code units of the encoding agreed on)."""
        self._versions[uri] += 1
        place = types.Position(line, character)
        change = types.TextDocumentContentChangePartial(types.Range(place, place), text)
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def completion(self, uri: str, line: int, character: int, typed: str = "") -> list[types.CompletionItem]:
        """`typed`: the trigger character just typed; "" when asked by hand."""
        kind = types.CompletionTriggerKind.TriggerCharacter if typed else types.CompletionTriggerKind.Invoked
        context = types.CompletionContext(kind, typed or None)
        document, place = types.TextDocumentIdentifier(uri), types.Position(line, character)
        answer = await self.client.text_document_completion_async(types.CompletionParams(document, place, context))
        assert answer is None or (isinstance(answer, types.CompletionList) and answer.is_incomplete)
        return [] if answer is None else list(answer.items)

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        document, place = types.TextDocumentIdentifier(uri), types.Position(line, character)
        return await self.client.text_document_hover_async(types.HoverParams(document, place))

    async def related(self, uri: str, line: int, character: int, **more: Any) -> list[Any]:
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more}
        return list((await self._request("recall/related", params)).hits)

    async def command(self, name: str, *arguments: Any) -> Any:
        return await self.client.workspace_execute_command_async(types.ExecuteCommandParams(name, list(arguments)))

    async def status(self) -> Any:
        return await self._request("recall/status", None)

    async def indexed(self, *counts: int) -> None:
        """Wait until the folders hold these numbers of notes, and nothing is left to do."""

        async def done() -> bool:
            folders = (await self.status()).folders
            idle = all((folder.state, folder.keeper) == ("ready", "idle") for folder in folders)
            return idle and [folder.notes for folder in folders] == list(counts)

        await until(done)

    def write(self, body: bytes) -> None:
        """Send bytes as a message."""
        self.client.protocol.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))  # type: ignore[union-attr]

    async def raw(self, message: Mapping[str, Any] | bytes) -> dict[str, Any]:
        """Send a message as it stands, and give the server's reply to its id (None for a message without one)."""
        body = message if isinstance(message, bytes) else json.dumps({"jsonrpc": "2.0", **message}).encode()
        identity = None if isinstance(message, bytes) else message.get("id")
        self.write(body)

        async def arrived() -> bool:
            return identity in self.replies

        await until(arrived)
        return self.replies.pop(identity)

    async def _request(self, method: str, params: Any) -> Any:
        return await self.client.protocol.send_request_async(method, params)  # type: ignore[no-untyped-call]

    def _watch_messages(self) -> None:
        """Count what the server sends of itself; keep the replies to raw messages away from pygls."""
        protocol = self.client.protocol
        structure = protocol.structure_message

        def watch(data: dict[str, Any]) -> Any:
            if "jsonrpc" in data and "method" in data:
                self.received[data["method"]] += 1
            elif "jsonrpc" in data and (data.get("id") is None or str(data["id"]).startswith("raw-")):
                self.replies[data.get("id")] = data
                return JsonRPCNotification("$/seen", "2.0", None)
            return structure(data)

        protocol.structure_message = watch  # type: ignore[method-assign]


async def until(done: Callable[[], Awaitable[bool]], pause: float = 0.05, patience: float = PATIENCE) -> None:
    """Wait for `done()` to come true."""
    deadline = monotonic() + patience
    while not await done():
        assert monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(pause)


def notes_in(vault: Path) -> int:
    return sum(path.suffix in (".md", ".org", ".txt") for path in vault.rglob("*") if path.is_file())


def copy_sample(to: Path) -> Path:
    shutil.copytree(SAMPLE, to)
    return to


def capabilities(
    encodings: list[types.PositionEncodingKind] | None = None,
    progress: bool = True,
    configuration: bool = True,
    registers_completion: bool = False,
    ghosts: bool = True,
) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings),
        window=types.WindowClientCapabilities(work_done_progress=progress),
        workspace=types.WorkspaceClientCapabilities(configuration=configuration, workspace_folders=True),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=MARKDOWN),
            completion=types.CompletionClientCapabilities(
                dynamic_registration=registers_completion,
                completion_item=types.ClientCompletionItemOptions(documentation_format=MARKDOWN),
            ),
            inline_completion=types.InlineCompletionClientCapabilities() if ghosts else None,
        ),
    )


@asynccontextmanager
async def editor(
    home: Path,
    *folders: Path,
    settings: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    client_capabilities: types.ClientCapabilities | None = None,
    model: str = "none",
    prefix: Sequence[str] = (),
) -> AsyncIterator[Editor]:
    """A window on `folders` with caches under `home`; at its end nothing unexpected may have been received.

    `settings` answer workspace/configuration, `initial` are the initializationOptions; the server is started through
    the command `prefix`.
    """
    client = make_test_lsp_client()
    client.set_configuration({"recall": {"model": model, "quiet": 0, **(settings or {})}})
    window = Editor(client, home)
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: window.take_registration(params))
    client.feature(types.CLIENT_UNREGISTER_CAPABILITY)(lambda params: window.take_unregistration(params))
    environment = {"RECALL_CACHE_DIR": str(home / "cache"), "RECALL_DATA_DIR": str(home / "data")}
    command = [*prefix, sys.executable, "-m", "recall_lsp", "serve"]
    await client.start_io(*command, env=os.environ | environment, cwd=CHECKOUT)
    params = types.InitializeParams(
        capabilities=client_capabilities or capabilities(),
        workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
        initialization_options=dict(initial) if initial is not None else None,
    )
    able = (await client.initialize_session(params)).capabilities
    window.encoding = able.position_encoding
    window.triggers = (able.completion_provider and able.completion_provider.trigger_characters) or ()
    try:
        yield window
        assert client.messages == [], "the user was shown something"
        assert client.log_messages == []
        assert not window.replies
        assert set(window.received) <= EXPECTED
    finally:
        if client._server is not None and client._server.returncode is None:
            await client.shutdown_session()
        await client.stop()  # type: ignore[no-untyped-call]


def log_text(home: Path) -> str:
    """What the server logged."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted((home / "cache" / "log").glob("*.log*")))
