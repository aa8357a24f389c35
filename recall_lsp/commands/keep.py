"""`recall-lsp keep`: the keeper as the server's child.  JSON lines out, JSON lines in, ends when its input closes."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recall_lsp.index.keep import ForgottenError, keep
from recall_lsp.index.pace import Pace
from recall_lsp.index.refusal import refusal
from recall_lsp.index.tuned import read_tuned, tuned_path
from recall_lsp.index.watch import Settled
from recall_lsp.recall.rank import unfit

_NICENESS = 19


def run(folder: Path, settings: Mapping[str, Any]) -> int:
    """Events on standard output are those of `index.keep`; `{"saved": path}` on standard input hurries to a note.

    `{"asked": true}` says that somebody writes just now.
    """
    why_not = refusal(folder)
    if why_not:
        _say({"event": "problem", "message": why_not})
        return 2
    if problem := unfit(read_tuned(tuned_path(folder)), ""):
        _say({"event": "problem", "message": problem})
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    stop, settled, pace = threading.Event(), Settled(), Pace()
    threading.Thread(target=_listen, args=(settled, pace, stop), daemon=True).start()
    try:
        keep(folder.resolve(), settings, _say, settled, stop, pace=pace)
    except ForgottenError as error:
        _say({"event": "problem", "message": str(error)})
        return 2
    except (OSError, sqlite3.Error) as error:
        _say({"event": "problem", "message": f"The index cannot be written: {error}. Mend that; it goes on by itself."})
        return 1
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        _say({"event": "problem", "message": f"The keeper met a fault of its own ({place}) and starts again."})
        return 1
    return 0


def _listen(settled: Settled, pace: Pace, stop: threading.Event) -> None:
    for line in sys.stdin:
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict) and isinstance(message.get("saved"), str):
                settled.add(message["saved"])
            if isinstance(message, dict) and message.get("asked") is True:
                pace.asked()
    stop.set()
    settled.close()


def _say(event: Mapping[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        os._exit(0)  # the server is gone; what is committed is whole
