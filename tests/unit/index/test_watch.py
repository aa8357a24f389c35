from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from vaults import PATIENCE, write_notes
from watchdog.observers.polling import PollingObserver

from recall_lsp.index import watch as watching
from recall_lsp.index.watch import Settled, watch


@pytest.fixture
def settled(root: Path) -> Iterator[Settled]:
    made = Settled()
    observer = watch(root, made, lambda message: pytest.fail(message))
    yield made
    observer.stop()
    observer.join()


def taken(settled: Settled, *wanted: str) -> set[str]:
    """What has settled, once all of `wanted` is in it."""
    found: set[str] = set()
    deadline = monotonic() + PATIENCE
    while not found.issuperset(wanted):
        assert monotonic() < deadline, f"only {found}"
        some = settled.take(1.0)
        assert some is not None, "the whole folder"
        found |= some
    return found


def test_paths_are_given_out_once() -> None:
    settled = Settled()
    settled.add("a.md")
    settled.add("b.md")
    settled.add("a.md")
    assert settled.take(PATIENCE) == {"a.md", "b.md"}
    assert settled.take(0.0) == set()


def test_they_are_held_back_until_they_are_quiet() -> None:
    settled = Settled()
    settled.add("a.md")
    assert settled.take(0.0) == set()
    assert settled.take(PATIENCE) == {"a.md"}


def test_a_stream_without_a_pause_is_not_held_back_for_ever() -> None:
    settled, stop = Settled(), threading.Event()

    def write_on() -> None:
        while not stop.wait(0.01):
            settled.add("log.md")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        assert settled.take(PATIENCE) == {"log.md"}
    finally:
        stop.set()
        writer.join()


def test_the_whole_folder_swallows_paths() -> None:
    settled = Settled()
    settled.add("a.md")
    settled.add(None)
    settled.add("b.md")
    assert settled.take(PATIENCE) is None
    assert settled.take(0.0) == set()


def test_a_storm_becomes_the_whole_folder() -> None:
    settled = Settled()
    for number in range(3000):
        settled.add(f"{number}.md")
    assert settled.take(PATIENCE) is None


def test_closing_wakes_who_waits() -> None:
    settled = Settled()
    answers: list[set[str] | None] = []
    waiting = threading.Thread(target=lambda: answers.append(settled.take(10 * PATIENCE)))
    waiting.start()
    settled.close()
    waiting.join(PATIENCE)
    assert answers == [set()]


def test_saved_created_renamed_deleted(root: Path, settled: Settled) -> None:
    write_notes(root, {"a.md": "one", "日本.md": "two"})
    taken(settled, "a.md", "日本.md")
    (root / "a.md").rename(root / "b.md")
    taken(settled, "a.md", "b.md")
    (root / "new.tmp").write_text("saved as many editors save")
    (root / "new.tmp").replace(root / "b.md")
    taken(settled, "b.md")
    (root / "b.md").unlink()
    taken(settled, "b.md")


def test_reading_makes_no_event(root: Path, settled: Settled) -> None:
    write_notes(root, {"a.md": "one"})
    taken(settled, "a.md")
    while settled.take(0.3):
        pass
    assert (root / "a.md").read_text() == "one"
    assert list(root.iterdir())
    assert settled.take(0.5) == set()


def test_hidden_files_are_passed_over_but_the_ignore_file_counts(root: Path, settled: Settled) -> None:
    write_notes(root, {".hidden.md": "", ".recallignore": "x", "last.md": ""})
    assert taken(settled, ".recallignore", "last.md") == {".recallignore", "last.md"}


def test_a_new_or_renamed_folder_means_everything(root: Path, settled: Settled) -> None:
    for change in ((root / "one").mkdir, lambda: (root / "one").rename(root / "two"), (root / "two").rmdir):
        change()
        deadline = monotonic() + PATIENCE
        while settled.take(1.0) is not None:
            assert monotonic() < deadline


def test_where_the_system_cannot_watch_it_polls_and_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Exhausted(PollingObserver):
        def start(self) -> None:
            raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watching, "Observer", Exhausted)
    said: list[str] = []
    settled = Settled()
    observer = watch(root, settled, said.append)
    try:
        assert len(said) == 1 and "max_user_watches" in said[0]
        write_notes(root, {"a.md": "one"})
        taken(settled, "a.md")
    finally:
        observer.stop()
        observer.join()
