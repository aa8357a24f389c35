"""The latest request wins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from recall_lsp.lsp.latest import LatestWins, WorkError


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


async def test_older_requests_are_answered_at_once_and_never_started(executor: ThreadPoolExecutor) -> None:
    latest, gate, ran = LatestWins(executor), Event(), list[str]()

    def work(name: str) -> str:
        ran.append(name)
        gate.wait(10)
        return name

    first = asyncio.create_task(latest.ask("key", lambda: work("first"), "superseded"))
    while not ran:
        await asyncio.sleep(0)
    second = asyncio.create_task(latest.ask("key", lambda: work("second"), "superseded"))
    third = asyncio.create_task(latest.ask("key", lambda: work("third"), "superseded"))
    assert await first == "superseded"  # though its work still runs
    assert await second == "superseded"
    gate.set()
    assert await third == "third"
    assert ran == ["first", "third"]


async def test_other_keys_are_served_side_by_side(executor: ThreadPoolExecutor) -> None:
    latest = LatestWins(executor)
    answers = await asyncio.gather(*(latest.ask(key, lambda key=key: key, -1) for key in range(5)))  # type: ignore[misc]
    assert answers == list(range(5))


async def test_cancelled_work_is_skipped_and_the_next_is_served(executor: ThreadPoolExecutor) -> None:
    latest, gate, ran = LatestWins(executor), Event(), list[str]()
    blocker = asyncio.create_task(latest.ask("other", lambda: gate.wait(10), False))
    cancelled = asyncio.create_task(latest.ask("key", lambda: ran.append("cancelled"), None))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    gate.set()
    assert await blocker
    assert await latest.ask("key", lambda: "next", "") == "next"
    assert not ran


class Panic(BaseException):
    """As tantivy raises: no Exception."""


async def test_a_panic_is_an_error_of_that_request_only(executor: ThreadPoolExecutor) -> None:
    def panic() -> str:
        raise Panic

    latest = LatestWins(executor)
    with pytest.raises(WorkError):
        await latest.ask("key", panic, "")
    assert await latest.ask("key", lambda: "alive", "") == "alive"
