"""Watchdog's events as settled sets of paths.  Events are hints only: what is true is asked of the disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from recall_lsp.index.scan import IGNORE_FILE

# Reads make events too (opened, closed without a write); to react to those would wake the keeper by its own work.
_TELLING = (
    FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileDeletedEvent, FileMovedEvent,
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent,
)  # fmt: skip
_SETTLE = 0.08
_MOST = 0.8
_STORM = 2000


class Settled:
    """Paths that something has happened to, given out once they have been quiet for 80 ms (800 at the most)."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._everything = self._closed = False
        self._first = self._last = 0.0

    def add(self, path: str | None) -> None:
        """A relative path to look at; None for the whole folder."""
        with self._changed:
            now = monotonic()
            if not self._paths and not self._everything:
                self._first = now
            self._last = now
            if path is None or len(self._paths) >= _STORM:
                self._everything, self._paths = True, set()
            elif not self._everything:
                self._paths.add(path)
            self._changed.notify()

    def close(self) -> None:
        """Nobody waits here any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self, timeout: float) -> set[str] | None:
        """The settled paths, after at most `timeout` seconds (then an empty set); None for the whole folder."""
        until = monotonic() + timeout
        with self._changed:
            while (now := monotonic()) < self._due():
                if now >= until or self._closed:
                    return set()
                self._changed.wait(min(self._due(), until) - now)
            taken = None if self._everything else self._paths
            self._paths, self._everything = set(), False
            return taken

    def _due(self) -> float:
        if not self._paths and not self._everything:
            return float("inf")
        return min(self._last + _SETTLE, self._first + _MOST)


class _Hints(FileSystemEventHandler):
    def __init__(self, root: str, settled: Settled) -> None:
        self._root, self._settled = root, settled

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not isinstance(event, _TELLING):
            return
        if isinstance(event, (DirMovedEvent, DirDeletedEvent, DirCreatedEvent)):
            self._settled.add(None)
            return
        for path in (event.src_path, event.dest_path):
            relative = os.path.relpath(os.fsdecode(path), self._root) if path else ""
            if relative and (not relative.startswith(".") or relative == IGNORE_FILE):
                self._settled.add(relative.replace(os.sep, "/"))


def watch(root: Path, settled: Settled, say: Callable[[str], None]) -> BaseObserver:
    """Start to watch a folder; polls, and says so, where the system cannot watch that many folders."""
    handler = _Hints(str(root), settled)
    observer = Observer()
    observer.schedule(handler, str(root), recursive=True)
    try:
        observer.start()
        return observer
    except OSError:
        say(
            "The system watches no more folders (fs.inotify.max_user_watches): changes are looked for every"
            " five seconds instead. `recall-lsp doctor` says how to raise the limit."
        )
        polling = PollingObserver(timeout=5)
        polling.schedule(handler, str(root), recursive=True)
        polling.start()
        return polling
