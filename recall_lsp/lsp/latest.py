"""The latest request wins: a newer one answers the older at once, and work not yet started is skipped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class WorkError(RuntimeError):
    """Work on the executor failed.  Also stands for what is no Exception: tantivy's panics are not."""


class LatestWins:
    """Runs work on a single-thread executor.  Ask from one event loop only."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._newest: dict[Hashable, tuple[asyncio.Future[Any], Any]] = {}

    async def ask(self, key: Hashable, work: Callable[[], T], superseded: T) -> T:
        """The result of `work`; `superseded` as soon as another asks under the same key."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        older, value = self._newest.get(key, (None, None))
        if older is not None and not older.done():
            older.set_result(value)
        mine = self._newest[key] = (answer, superseded)
        self._executor.submit(_work, loop, answer, work)
        try:
            return await answer
        finally:
            if self._newest.get(key) is mine:
                del self._newest[key]


def _work(loop: asyncio.AbstractEventLoop, answer: asyncio.Future[T], work: Callable[[], T]) -> None:
    if answer.done():  # superseded or cancelled while it waited its turn
        return
    try:
        settle, value = _result, work()
    except BaseException as error:
        failure = WorkError(type(error).__name__)
        failure.__cause__ = error
        settle, value = _error, failure  # type: ignore[assignment]
    with suppress(RuntimeError):  # the server has ended
        loop.call_soon_threadsafe(settle, answer, value)


def _result(answer: asyncio.Future[T], value: T) -> None:
    if not answer.done():
        answer.set_result(value)


def _error(answer: asyncio.Future[T], error: WorkError) -> None:
    if not answer.done():
        answer.set_exception(error)
