"""KEEPING.md, to which each bench of keeping writes a section of its own."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import psutil

REPORT = Path(__file__).parent / "KEEPING.md"
_HEAD = """# Does the index keep what it was given?

Each section is written by the bench that it names; nothing of the user's is read or written by any.
"""


def machine() -> str:
    """What it ran on, without names of hosts or paths."""
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{date.today()}; {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()},"
        f" Python {platform.python_version()}; load average {os.getloadavg()[0]:.1f}."
    )


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def write_section(name: str, lines: Sequence[str], report: Path = REPORT, head: str = _HEAD) -> None:
    """Replace the section of that name in a report, or add it at the end."""
    text = report.read_text(encoding="utf-8") if report.exists() else head
    section = "\n".join([f"<!-- {name} -->", *lines, f"<!-- end of {name} -->"])
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- end of {name} -->", re.DOTALL)
    found = pattern.search(text)
    text = text[: found.start()] + section + text[found.end() :] if found else f"{text}\n{section}\n"
    report.write_text(text, encoding="utf-8")
