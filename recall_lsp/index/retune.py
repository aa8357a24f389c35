"""Tuning again, quietly, once a tuned vault has changed much: whether it is time, and the process that does it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from recall_lsp.index.tuned import tuned_path, tuned_stamp

MUCH = 0.2
"""The share of the notes, at least LEAST, that must be written or changed since."""
LEAST = 20
LONG_PAUSE = 600.0
"""Seconds without a change."""


def is_due(catalog: sqlite3.Connection, root: Path) -> bool:
    """Whether the vault was tuned, and much of it was written after that."""
    stamp = tuned_stamp(tuned_path(root))
    if stamp is None:
        return False
    since, all_notes = catalog.execute(
        "SELECT coalesce(sum(mtime_ns > ?), 0), count(*) FROM notes", (stamp[0],)
    ).fetchone()
    return bool(since >= max(LEAST, MUCH * all_notes))


class Retuning:
    """The process that tunes again, started in a long pause and ended by the first change after it."""

    def __init__(self, root: Path, settings: Mapping[str, Any]) -> None:
        self._root = root
        self._command = [
            *(sys.executable, "-P", "-m", "recall_lsp", "tune", str(root), "--yes"),
            *("--settings", json.dumps(dict(settings))),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._since = monotonic()

    def pause(self, catalog: sqlite3.Connection) -> None:
        """Nothing has changed lately: tune if that has lasted long enough and is due, once a pause.

        At this process' own low priority; only what is surely better is adopted.
        """
        if self._process is None and monotonic() - self._since > LONG_PAUSE and is_due(catalog, self._root):
            with suppress(OSError):
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )

    def stop(self) -> None:
        """The user writes, or all ends."""
        self._since = monotonic()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
