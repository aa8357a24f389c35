"""Indexing as $/progress: one begin, rising reports, one end."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from recall_lsp.lsp import progress as module
from recall_lsp.lsp.progress import IndexProgress

Value = types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd


class FakeWindow:
    def __init__(self, takes_progress: bool) -> None:
        self.takes_progress = takes_progress
        self.tokens: list[str] = []
        self.values: list[Value] = []

    async def create_progress(self, token: str) -> bool:
        self.tokens.append(token)
        await asyncio.sleep(0)
        return self.takes_progress

    def report_progress(self, token: str, value: Value) -> None:
        assert token in self.tokens
        self.values.append(value)


async def run(window: FakeWindow, *steps: tuple[str, int, int]) -> None:
    progress = IndexProgress(window, "Recall: notes")
    for step in steps:
        progress.step(*step)
    task = progress._task
    progress.end()
    if task is not None:
        await task


async def test_begin_reports_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.0)
    window = FakeWindow(True)
    await run(window, ("reading", 1, 2), ("reading", 2, 2), ("embedding", 5, 10), ("odd", 0, 0))
    assert [type(value) for value in window.values] == [
        types.WorkDoneProgressBegin,
        *[types.WorkDoneProgressReport] * 3,
        types.WorkDoneProgressEnd,
    ]
    begin, *reports = window.values[:-1]
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert (begin.title, begin.message, begin.percentage) == ("Recall: notes", "Reading notes 1/2", 16)
    assert [value.message for value in reports][:2] == ["Reading notes 2/2", "Learning what notes mean 5/10"]
    assert len(window.tokens) == 1


async def test_reports_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHORTEST_PAUSE", 60.0)
    window = FakeWindow(True)
    await run(window, *(("reading", done, 1000) for done in range(1001)))
    assert len(window.values) == 3  # begin, the last one, end


async def test_a_client_that_refuses_gets_none() -> None:
    window = FakeWindow(False)
    await run(window, ("reading", 1, 2))
    assert window.values == []


async def test_nothing_done_nothing_shown() -> None:
    window = FakeWindow(True)
    await run(window)
    assert window.tokens == [] and window.values == []
