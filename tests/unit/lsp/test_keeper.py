"""The keeper's process: events out, saves in, restarts."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable

import pytest

from recall_lsp.lsp import keeper as module
from recall_lsp.lsp.keeper import KEEPS_DYING, REFUSED, Event, Keeper, restart_delay

ECHO = """
import json, sys
print(json.dumps({"event": "waiting"}), flush=True)
print("no json", flush=True)
for line in sys.stdin:
    print(json.dumps({"event": "changed", "seq": json.loads(line)["saved"]}), flush=True)
"""


def keeper(program: str) -> tuple[Keeper, list[Event]]:
    events: list[Event] = []
    return Keeper([sys.executable, "-c", program], events.append), events


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not done():
            await asyncio.sleep(0.01)


def test_restarts_wait_longer_and_longer() -> None:
    assert [restart_delay(deaths) for deaths in (1, 2, 3, 4, 5, 9)] == [1, 4, 16, 64, 256, 256]


async def test_events_come_out_and_saves_go_in() -> None:
    kept, events = keeper(ECHO)
    kept.start()
    await until(lambda: bool(events))
    assert kept.state == "waiting"
    kept.saved("a b.md")
    await until(lambda: len(events) == 2)
    assert events == [{"event": "waiting"}, {"event": "changed", "seq": "a b.md"}]
    assert str(kept.state) == "working"
    process = kept._process
    assert process is not None
    await kept.stop()
    assert process.returncode == 0  # its input was closed; it was not killed
    assert str(kept.state) == "stopped"
    kept.saved("nobody listens")


async def test_one_that_does_not_listen_is_ended() -> None:
    kept, events = keeper('print("""{"event": "ready"}""", flush=True)\nimport time\ntime.sleep(60)')
    kept.start()
    await until(lambda: bool(events))
    process = kept._process
    await kept.stop(patience=0.1)
    assert process is not None and process.returncode not in (0, None)


async def test_the_third_death_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "restart_delay", lambda deaths: 0.01)
    kept, events = keeper("raise SystemExit(3)")
    kept.start()
    await until(lambda: {"event": "problem", "message": KEEPS_DYING} in events)
    await kept.stop()
    assert [event["event"] for event in events[:4]] == ["stopped", "stopped", "stopped", "problem"]


async def test_one_that_refuses_is_not_asked_again() -> None:
    kept, events = keeper(f"raise SystemExit({REFUSED})")
    kept.start()
    assert kept._task is not None
    await asyncio.wait_for(kept._task, 30)
    assert events == [{"event": "stopped"}]


async def test_one_that_cannot_be_started_is_no_error() -> None:
    events: list[Event] = []
    kept = Keeper(["/no/such/program"], events.append)
    kept.start()
    await until(lambda: bool(events))
    await kept.stop()
    assert events == [{"event": "stopped"}]


async def test_what_it_writes_to_standard_error_is_logged_without_words_of_notes(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("recall_lsp"), "propagate", True)
    program = "import sys; exec(compile('raise ValueError(\"secret diary\")', 'x.py', 'exec'))"
    ended = asyncio.Event()
    keeper = Keeper([sys.executable, "-c", program], lambda event: ended.set())
    with caplog.at_level(logging.WARNING, "recall_lsp"):
        keeper.start()
        async with asyncio.timeout(20):
            await ended.wait()
        await keeper.stop()
    assert 'File "x.py", line 1, in <module>' in caplog.text
    assert "secret" not in caplog.text
