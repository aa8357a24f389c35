"""What a keeper tells the one that started it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Report = Callable[[Mapping[str, Any]], None]
"""Takes events, each with its name under "event":

progress (stage: reading, compiling or embedding; done, total), changed (seq), ready, paused (by command, or embedding
on battery), waiting (another process keeps the folder), settings (recall.toml has changed), problem (message, in
words for the user).
"""


def problem(report: Report, message: str) -> None:
    report({"event": "problem", "message": message})
