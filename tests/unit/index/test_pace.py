"""Paused, on battery, beside a writer: what the keeper then does not do, and that it goes on afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from vaults import Keeper, eventually, follow, index, paths, read_vault, vectors_made, write_notes

from recall_lsp.index import pace as pacing
from recall_lsp.index.catalog import open_catalog
from recall_lsp.index.embed import Backlog
from recall_lsp.index.encoder import Encoder, load
from recall_lsp.index.keep import keep
from recall_lsp.index.pace import SMALL_BACKLOG, Pace, on_battery, pause, resume
from recall_lsp.index.places import index_dir
from recall_lsp.index.watch import Settled

NOTES = {"bread.md": "Bread and soup at night.", "river.md": "The river road to the island."}


def test_paused_and_resumed(root: Path) -> None:
    with Keeper(write_notes(root, NOTES)) as keeper:
        keeper.ready()
        pause(root)
        keeper.wait_for("paused")
        write_notes(root, {"new.md": "New."})
        keeper.send('{"saved": "new.md"}')
        vault = read_vault(root)
        assert "paused until it is resumed" in vault.status().message
        with Keeper(root) as second:
            second.wait_for("waiting")
            keeper.process.kill()
            second.wait_for("paused")  # another window's keeper, too
            assert paths(follow(vault)) == sorted(NOTES)
            resume(root)
            eventually(lambda: paths(follow(vault)) == sorted([*NOTES, "new.md"]), "resumed")
    assert "paused" not in vault.status().message


def test_the_users_own_command_indexes_all_the_same(root: Path) -> None:
    pause(write_notes(root, NOTES))
    index(root)
    assert paths(read_vault(root)) == sorted(NOTES)


@contextmanager
def kept(root: Path, model: str) -> Iterator[list[Any]]:
    """Events of a keeper in a thread."""
    events: list[Any] = []
    stop, settled = threading.Event(), Settled()
    thread = threading.Thread(target=keep, args=(root, {"model": model}, events.append, settled, stop))
    thread.start()
    try:
        yield events
    finally:
        stop.set()
        settled.close()
        thread.join()


def test_on_battery_only_a_few_notes_are_embedded(root: Path, tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    powered = SimpleNamespace(power_plugged=False)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: powered, raising=False)
    monkeypatch.setattr(pacing, "_LOOK_AT_POWER", 0.0)
    write_notes(root, {f"{number}.md": f"River number {number}." for number in range(SMALL_BACKLOG + 20)})
    with kept(root, tiny) as events:
        eventually(lambda: {"event": "paused"} in events)
        assert vectors_made(root) == 0
        vault = read_vault(root, model=tiny)
        assert len(vault.entries) == SMALL_BACKLOG + 20, "words are indexed"
        assert "waits for mains power" in vault.status().message
        powered.power_plugged = True
        eventually(lambda: vectors_made(root) == SMALL_BACKLOG + 20, "plugged in")
        powered.power_plugged = False
        write_notes(root, {"new.md": "A new book."})
        eventually(lambda: vectors_made(root) == SMALL_BACKLOG + 21, "a saved note")


def test_a_platform_that_does_not_tell_has_no_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> None:
        raise NotImplementedError

    for answer in (unknown, lambda: None, lambda: SimpleNamespace(power_plugged=None)):
        monkeypatch.setattr(psutil, "sensors_battery", answer, raising=False)
        assert not on_battery()


def test_beside_a_writer_one_text_at_a_time(root: Path, tiny: str) -> None:
    index(write_notes(root, {f"{number}.md": f"River number {number}." for number in range(20)}))
    encoder = load(tiny, threads=2)
    assert encoder is not None
    sizes: list[int] = []
    encode = encoder.encode

    def counting(texts: Sequence[str]) -> Any:
        sizes.append(len(texts))
        return encode(texts)

    catalog = open_catalog(index_dir(root) / "catalog.db", write=True)
    path = index_dir(root) / "vectors-spied.db"
    backlog = Backlog(catalog, path, cast(Encoder, SimpleNamespace(encode=counting)))
    pace = Pace()
    assert not pace.gently and not pace.rest
    pace.asked()
    assert pace.gently and 0 < pace.rest < 1 and backlog.step(pace.gently)
    assert sizes == [1] * 4 and backlog.missing == 16
    assert backlog.step() and sizes[4:] == [16] and not backlog.step()
    backlog.close()
    catalog.close()
