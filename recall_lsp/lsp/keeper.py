"""The keeper: a child process that reads, indexes and embeds one folder, and tells what it does in JSON lines.

It lives as long as its standard input is open, so it ends with this server however the server ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Literal

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
KEEPS_DYING = "The notes index is not being kept up to date: its process keeps ending. See recall-lsp doctor."
State = Literal["stopped", "working", "idle", "waiting", "paused"]
"""`waiting`: another window's keeper keeps the folder."""
_STATES: Mapping[str, State] = {"waiting": "waiting", "ready": "idle", "paused": "paused"}

_PLACE = re.compile(rb'\s*File ".*", line \d+, in [\w<>]+|thread .{0,60} panicked at \S+|Fatal Python error: [\w ]+')
"""Lines of an error that say where it was.  Others may hold what a note says."""
LONGEST_LINE = 1 << 20
REFUSED = 2
"""The exit code of a keeper that will never keep this folder; it has said why."""
TOLD = 0.1
"""Seconds between two hints that somebody writes."""
SETTLED = 60.0
"""A keeper that lived so many seconds has its earlier deaths forgotten."""


def keeper_command(root: Path, settings: Mapping[str, Any]) -> list[str]:
    """`settings` are the editor's; the keeper lays them over the folder's `recall.toml` itself.

    -P: no module is imported from the working folder, which may be a stranger's vault.
    """
    return [sys.executable, "-P", "-m", "recall_lsp", "keep", str(root), "--settings", json.dumps(settings)]


def restart_delay(deaths: int) -> float:
    """Seconds to wait after the n-th death in a row (n ≥ 1): 1, 4, 16, 64, then 256."""
    return float(4 ** (min(deaths, 5) - 1))


class Keeper:
    """Starts the process, restarts it when it dies, and passes on each of its events.

    Beside the process' own events `on_event` is given {"event": "problem"} after the third death in a row,
    and {"event": "stopped"} at each.
    """

    def __init__(self, command: list[str], on_event: Callable[[Event], None]) -> None:
        self.state: State = "stopped"
        self._command = command
        self._on_event = on_event
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = -TOLD

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._keep_running())

    def saved(self, path: str) -> None:
        """Hurry the keeper to a note that the editor has just written."""
        self._tell({"saved": path})

    def asked(self) -> None:
        """Have it leave a core free while somebody writes."""
        if self.state == "working" and monotonic() - self._told >= TOLD:
            self._told = monotonic()
            self._tell({"asked": True})

    def _tell(self, message: Mapping[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(message).encode() + b"\n")

    async def stop(self, patience: float = 2.0) -> None:
        """Ask it to end by closing its input; end it if it does not within `patience` seconds."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        process, self._process, self.state = self._process, None, "stopped"
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _keep_running(self) -> None:
        deaths = 0
        while True:
            started = monotonic()
            code = await self._run_once()
            if code == REFUSED:
                self._end()
                return
            deaths = 1 if monotonic() - started > SETTLED else deaths + 1
            log.warning("keeper ended with code %s, start %d follows in %g s", code, deaths + 1, restart_delay(deaths))
            self._end()
            if deaths == 3:
                self._on_event({"event": "problem", "message": KEEPS_DYING})
            await asyncio.sleep(restart_delay(deaths))

    def _end(self) -> None:
        self.state = "stopped"
        self._on_event({"event": "stopped"})

    async def _run_once(self) -> int | None:
        """Run the process to its end; its exit code, None when it cannot be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LONGEST_LINE
            )
        except OSError:
            return None
        self._process, self.state = process, "working"
        assert process.stdout is not None and process.stderr is not None
        errors = asyncio.create_task(_log_errors(process.stderr))
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than LONGEST_LINE
                continue
            if not line:
                break
            self._take(line)
        code = await process.wait()
        await errors
        return code

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            self.state = _STATES.get(event["event"], "working")
            self._on_event(event)


async def _log_errors(stderr: asyncio.StreamReader) -> None:
    """What a library or the interpreter wrote to the keeper's standard error."""
    while True:
        try:
            line = (await stderr.readline()).rstrip()
        except ValueError:  # longer than LONGEST_LINE
            continue
        if not line and stderr.at_eof():
            return
        log.log(
            logging.WARNING if _PLACE.fullmatch(line) else logging.DEBUG, "keeper: %s", line.decode(errors="replace")
        )
