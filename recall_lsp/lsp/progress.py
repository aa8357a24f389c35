"""Indexing shown as `$/progress`: one token from the first report until the folder is ready."""

from __future__ import annotations

import asyncio
import uuid
from time import monotonic
from typing import Protocol

from lsprotocol import types

SHORTEST_PAUSE = 0.1
"""Seconds between two reports."""

_WORDS = {
    "reading": "Reading notes",
    "compiling": "Preparing the language model",
    "embedding": "Learning what notes mean",
}


class Window(Protocol):
    async def create_progress(self, token: str) -> bool: ...
    def report_progress(
        self, token: str, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None: ...


class IndexProgress:
    """Its task is never cancelled: pygls breaks when what awaits a client's reply is."""

    def __init__(self, window: Window, title: str) -> None:
        self._window = window
        self._title = title
        self._steps: asyncio.Queue[tuple[str, int, int] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def step(self, stage: str, done: int, total: int) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._show(self._steps))
        self._steps.put_nowait((stage, done, total))

    def end(self) -> None:
        if self._task is not None:
            self._steps.put_nowait(None)
            self._task = None
            self._steps = asyncio.Queue()

    async def _show(self, steps: asyncio.Queue[tuple[str, int, int] | None]) -> None:
        token = f"recall-{uuid.uuid4().hex[:8]}"
        shown = await self._window.create_progress(token)
        begun, last = False, 0.0
        while (step := await steps.get()) is not None:
            if not shown or (begun and monotonic() - last < SHORTEST_PAUSE and step[1] < step[2]):
                continue
            message, percentage = _message(*step)
            if not begun:
                begin = types.WorkDoneProgressBegin(title=self._title, message=message, percentage=percentage)
                self._window.report_progress(token, begin)
            else:
                report = types.WorkDoneProgressReport(message=message, percentage=percentage)
                self._window.report_progress(token, report)
            begun, last = True, monotonic()
        if begun:
            self._window.report_progress(token, types.WorkDoneProgressEnd(message="Ready"))


def _message(stage: str, done: int, total: int) -> tuple[str, int]:
    """Words for a stage and per cent done.  LSP wants percentages that never fall, so each stage has its third."""
    order = list(_WORDS)
    base = order.index(stage) if stage in order else 0
    part = min(done / total, 1.0) if total > 0 else 0.0
    words = _WORDS.get(stage, "Indexing")
    return (f"{words} {done}/{total}" if total > 0 else words), int((base + part) * 100 / len(order))
