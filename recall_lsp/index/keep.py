"""The keeper: one process a folder that reads, indexes and embeds, and never stands between a writer and an answer.

A loop without threads of its own but one: take what has settled on disk and bring the catalog and the full-text
view up to it; with nothing to take, embed a little; with nothing to embed, wait.  The first process to take the
folder's lock keeps it; the others wait for the lock, so that one takes over when the keeper goes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from watchdog.observers.api import BaseObserver

from recall_lsp.config import load_options, read_settings_file
from recall_lsp.index import catalog as cat
from recall_lsp.index.embedder import Embedder
from recall_lsp.index.feedback import Feedback
from recall_lsp.index.language import detect_language
from recall_lsp.index.lexical import LexicalWriter
from recall_lsp.index.mend import keeper_lock, open_or_restart
from recall_lsp.index.pace import SMALL_BACKLOG, Pace, is_paused
from recall_lsp.index.phrases import PhraseWriter
from recall_lsp.index.places import index_dir, private_dir
from recall_lsp.index.purge import is_purge_due, purge
from recall_lsp.index.reconcile import Changes, UnmountedError, apply_changes, check_paths, find_changes
from recall_lsp.index.report import Report, problem
from recall_lsp.index.retune import Retuning
from recall_lsp.index.scan import read_rules
from recall_lsp.index.schema import is_dictionary_due, renew_dictionary
from recall_lsp.index.tidy import tidy
from recall_lsp.index.watch import Settled, watch

_LOCK_POLL = 0.3
_IDLE = 5.0
_ANY_TEXT = "The first text that is asked about takes long, whichever it is."
_PAUSE = 0.2


def keep(
    root: Path,
    settings: Mapping[str, Any],
    report: Report,
    settled: Settled,
    stop: threading.Event,
    *,
    pace: Pace | None = None,
    once: bool = False,
) -> None:
    """Keep the folder's index until `stop` (or, with `once`, until it is whole).  `settings` are the editor's.

    `once` is the user's own wish: it holds through a pause and on battery.

    Raises OSError or sqlite3.Error only for what the user must mend (a full disk, a folder that cannot be written),
    ForgottenError when the index is removed meanwhile.
    """
    os.umask(0o077)
    folder = private_dir(index_dir(root))
    born = _identity(folder)
    try:
        _keep(root, settings, report, settled, stop, folder, pace or Pace(), once)
    except Exception as error:
        if _identity(folder) != born:
            raise ForgottenError(FORGOTTEN) from error
        raise


def _keep(
    root: Path,
    settings: Mapping[str, Any],
    report: Report,
    settled: Settled,
    stop: threading.Event,
    folder: Path,
    pace: Pace,
    once: bool,
) -> None:
    lock = keeper_lock(folder)
    if not _take_lock(lock, folder, report, stop):
        return
    keeper = None
    try:
        catalog = open_or_restart(folder / "catalog.db", lambda message: problem(report, message))
        keeper = _Keeper(root, settings, report, settled, stop, folder, catalog, pace)
        keeper.run(once)
    finally:
        if keeper is not None:
            keeper.close()
        lock.release()


class ForgottenError(OSError):
    """The index was removed (`recall-lsp forget`): it comes back when the folder is opened again, not by itself."""


class _Keeper:
    """One folder being kept: the catalog, its full-text view and the encoder once there is one."""

    def __init__(
        self,
        root: Path,
        settings: Mapping[str, Any],
        report: Report,
        settled: Settled,
        stop: threading.Event,
        folder: Path,
        catalog: sqlite3.Connection,
        pace: Pace,
    ) -> None:
        self._root, self._settings, self._report = root, settings, report
        self._settled, self._stop, self._folder, self._catalog = settled, stop, folder, catalog
        self._pace = pace
        self._lexical = LexicalWriter(folder / "lexical")
        self._phrases = PhraseWriter(folder / "phrases")
        self._options, _ = load_options(root, settings)
        self._embedder = Embedder(catalog, folder, report)
        self._observer: BaseObserver | None = None
        self._watched: tuple[int, int] | None = None
        self._born = _identity(folder)
        self._watching = False
        self._retuning = Retuning(root, settings)
        self._feedback = Feedback(root)

    def run(self, once: bool) -> None:
        self._watching = not once
        self._rewatched()
        self._lexical.update(self._catalog)
        self._phrases.update(self._catalog)
        ready = tidied = False
        paths: set[str] | None = None
        while not self._stop.is_set():
            if self._paused():
                self._wait_for_resume()
                paths, ready = None, False
            if _identity(self._folder) != self._born:
                raise ForgottenError(FORGOTTEN)
            if self._rewatched():
                paths = None
            if paths is None or paths:
                self._retuning.stop()
                self._follow_folder(paths)
                ready = False
            elif ready and not self._lexical.is_whole():
                problem(self._report, "The full-text view was damaged; it is being made anew.")
                self._lexical.rebuild(self._catalog)
                self._report({"event": "changed", "seq": cat.current_seq(self._catalog)})
            self._embedder.follow(self._options.model)
            if self._held_back(once):
                if not ready:
                    ready = True
                    self._report({"event": "paused"})
            elif self._embedder.step(self._pace.gently):
                ready = False
            elif not ready and not self._embedder.compiling:
                ready = True
                self._phrases.tidy(self._catalog)
                if once:
                    self._tidy()
                self._report({"event": "ready"})
                if once:
                    return
                detect_language(_ANY_TEXT)  # its model takes 0.7 s to load: now, and not when a note is saved
                tidied = False
            elif ready and not self._pace.on_battery:
                if not tidied:
                    tidied = True
                    self._tidy()
                self._retuning.pause(self._catalog)
            paths = self._settled.take(_IDLE if ready else _PAUSE if self._embedder.compiling else self._pace.rest)

    def _tidy(self) -> None:
        if tidy(self._folder, self._catalog, self._lexical):
            self._report({"event": "changed", "seq": cat.current_seq(self._catalog)})

    def _paused(self) -> bool:
        """A user's own `recall-lsp index` is not."""
        return self._watching and is_paused(self._folder)

    def _wait_for_resume(self) -> None:
        self._report({"event": "paused"})
        while self._paused() and not self._stop.wait(_PAUSE):
            pass

    def _held_back(self, once: bool) -> bool:
        """Whether there is so much to embed that it waits for mains power."""
        return not once and self._embedder.missing > SMALL_BACKLOG and self._pace.on_battery

    def close(self) -> None:
        if self._observer is not None:
            self._observer.stop()
        self._retuning.stop()
        self._embedder.close()
        self._catalog.close()

    def _rewatched(self) -> bool:
        """Watch the folder anew when it is another than before: renamed, made again, mounted.  True if so."""
        now = _identity(self._root)
        if not self._watching or now == self._watched:
            return False
        self._watched = now
        if self._observer is not None:
            self._observer.stop()
            self._observer = None
        if now is not None:
            self._observer = watch(self._root, self._settled, lambda message: problem(self._report, message))
        return True

    def _follow_folder(self, paths: set[str] | None) -> None:
        """Bring catalog and full-text view up to the folder, or to these paths of it."""
        try:
            if paths is None or any(path.rpartition("/")[2] in _RULE_FILES for path in paths):
                if not self._read_settings():
                    return
                changes = find_changes(self._root, self._catalog, self._rules, self._options)
            else:
                changes = check_paths(self._root, self._catalog, self._rules, paths)
        except UnmountedError as error:
            problem(self._report, str(error))
            return
        if changes:
            self._apply(changes)
        if is_purge_due(self._catalog) and not self._stop.is_set():
            self._phrases.rebuild(self._catalog)
            purge(self._folder, self._catalog, self._lexical)
            self._report({"event": "changed", "seq": cat.current_seq(self._catalog)})

    def _read_settings(self) -> bool:
        """False where they cannot be known, and so not what is private either."""
        before = self._options
        known = read_settings_file(self._root)[0] is not None
        self._options, warnings = load_options(self._root, self._settings)
        if not known:
            warnings = [f"{warning} Nothing is read until it is mended." for warning in warnings]
        for warning in warnings:
            problem(self._report, warning)
        if self._options != before:
            self._report({"event": "settings"})
        self._rules = read_rules(self._root, self._options)
        for pattern in self._rules.wrong:
            problem(self._report, f"'{pattern}' is no gitignore pattern and is passed over")
        return known

    def _apply(self, changes: Changes) -> None:
        def progress(done: int, total: int) -> None:
            if total > 1:
                self._report({"event": "progress", "stage": "reading", "done": done, "total": total})

        newest = cat.newest_note(self._catalog)

        def leaving(path: str) -> None:
            """What was taught of a note goes on with the one that it has become: a rename outside the editor."""
            if self._feedback.concerns(path) and (new := cat.heir(self._catalog, path, newest)):
                with suppress(OSError):
                    self._feedback.move(path, new)

        for _ in apply_changes(self._root, self._catalog, self._options, changes, progress, leaving):
            self._lexical.update(self._catalog)
            self._report({"event": "changed", "seq": cat.current_seq(self._catalog)})
            if is_dictionary_due(self._catalog):
                renew_dictionary(self._catalog)
            if self._stop.is_set() or self._paused():
                return
        self._phrases.update(self._catalog)
        self._embedder.renew()


FORGOTTEN = "The index of this folder was removed. It is made again when the folder is opened next."
_RULE_FILES = frozenset({".recallignore", "recall.toml"})


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder stands at a path; None when none does."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _take_lock(lock: FileLock, folder: Path, report: Report, stop: threading.Event) -> bool:
    waiting = False
    born = _identity(folder)
    while not stop.is_set():
        if _identity(folder) != born:  # to take the lock would make the folder again
            raise ForgottenError(FORGOTTEN)
        try:
            lock.acquire(timeout=0)
            return True
        except Timeout:
            if not waiting:
                report({"event": "waiting"})
            waiting = True
            stop.wait(_LOCK_POLL)
    return False
