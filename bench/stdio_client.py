"""A small language client over a server's standard input and output, timed from request written to reply parsed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil

PATIENCE = 60.0
"""Seconds that a reply may take."""
_STEP = re.compile(r"(.+?) (\d+)/(\d+)$")
_CAPABILITIES = {
    "window": {"workDoneProgress": True},
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
    },
}


class GoneError(RuntimeError):
    """The server has ended, or a request was refused or not answered in time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What `$/progress` told of the keeper's work; `stage` is "" when all of it was done.  `at`: perf_counter."""

    at: float
    stage: str
    done: int = 0
    total: int = 0


class Client:
    """`initialized` is the seconds from spawn to the reply to `initialize`, `spawned` when it was started."""

    def __init__(self, process: Process, spawned: float) -> None:
        self.spawned = spawned
        self.initialized = 0.0
        self.progress: list[Progress] = []
        self.shown: list[str] = []
        self._process = process
        self._replies: dict[int, asyncio.Future[tuple[float, dict[str, Any]]]] = {}
        self._requests = 0
        self._reading = asyncio.create_task(self._read())

    @property
    def server(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def keeper(self) -> psutil.Process:
        """The server's child that keeps the folder."""
        for child in self.server.children():
            if "keep" in child.cmdline():
                return child
        raise GoneError("there is no keeper")

    async def request(self, method: str, params: Any) -> tuple[Any, float]:
        """Result and seconds.  Raises GoneError."""
        self._requests += 1
        identity = self._requests
        reply = self._replies[identity] = asyncio.get_running_loop().create_future()
        started = perf_counter()
        self._send({"id": identity, "method": method, "params": params})
        try:
            parsed, message = await asyncio.wait_for(reply, PATIENCE)
        except TimeoutError:
            raise GoneError(f"no answer to {method} in {PATIENCE:g} s") from None
        finally:
            self._replies.pop(identity, None)
        if "error" in message:
            raise GoneError(f"{method}: {message['error'].get('message')}")
        return message["result"], parsed - started

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    async def status(self) -> dict[str, Any]:
        """The one folder's status."""
        answer, _ = await self.request("recall/status", None)
        folder: dict[str, Any] = answer["folders"][0]
        return folder

    async def idle(self, patience: float) -> None:
        """Wait until the keeper has nothing left to do."""

        async def done() -> bool:
            folder = await self.status()
            return (folder["state"], folder["keeper"]) == ("ready", "idle")

        await until(done, patience, 0.25)

    async def end(self) -> None:
        """Shut the server down as an editor does; kill it if it does not end."""
        with contextlib.suppress(GoneError, OSError):
            await self.request("shutdown", None)
            self.notify("exit", None)
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._reading.cancel()

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._process.returncode is not None or self._process.stdin is None:
            raise GoneError(f"the server ended with code {self._process.returncode}")
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                header = await self._process.stdout.readuntil(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", header)
                assert length is not None
                self._take(json.loads(await self._process.stdout.readexactly(int(length[1]))))
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(GoneError("the server has ended"))

    def _take(self, message: dict[str, Any]) -> None:
        parsed = perf_counter()
        if "method" not in message:
            reply = self._replies.get(message["id"])
            if reply is not None and not reply.done():
                reply.set_result((parsed, message))
        elif "id" in message:
            asked = message["method"] == "workspace/configuration"
            self._send({"id": message["id"], "result": [{}] * len(message["params"]["items"]) if asked else None})
        elif message["method"] == "$/progress":
            self._take_progress(parsed, message["params"]["value"])
        elif message["method"] == "window/showMessage":
            self.shown.append(message["params"]["message"])

    def _take_progress(self, parsed: float, value: Mapping[str, Any]) -> None:
        step = _STEP.match(value.get("message") or "")
        if value["kind"] == "end":
            self.progress.append(Progress(parsed, ""))
        elif step is not None:
            self.progress.append(Progress(parsed, step[1], int(step[2]), int(step[3])))


@asynccontextmanager
async def serve(
    vault: Path,
    cache: Path,
    settings: Mapping[str, Any] | None = None,
    capabilities: Mapping[str, Any] = _CAPABILITIES,
) -> AsyncIterator[Client]:
    """A fresh server process on a vault, initialized; ended at the end.  Raises GoneError."""
    environment = os.environ | {"RECALL_CACHE_DIR": str(cache), "RECALL_DATA_DIR": str(cache / "data")}
    command = [sys.executable, "-P", "-m", "recall_lsp", "serve"]
    spawned = perf_counter()
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment, cwd=cache)
    client = Client(process, spawned)
    try:
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": vault.as_uri(), "name": vault.name}],
            "initializationOptions": dict(settings or {}),
        }
        await client.request("initialize", params)
        client.initialized = perf_counter() - spawned
        client.notify("initialized", {})
        yield client
    finally:
        await client.end()


async def until(done: Callable[[], Any], patience: float, pause: float) -> None:
    """Wait for `done()` to come true, asked every `pause` seconds.  Raises GoneError after `patience` seconds."""
    deadline = perf_counter() + patience
    while not await done():
        if perf_counter() > deadline:
            raise GoneError(f"it took more than {patience:g} s")
        await asyncio.sleep(pause)
