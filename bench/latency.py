"""How long does a writer wait?  Over standard input and output, with a real client, on a real vault.

    python bench/latency.py VAULT [--quick] [--models FOLDER] [--write]

The vault is copied first and indexed into a cache of its own; nothing of the user's is read or written.  Times are
taken at the client, from request written to reply parsed; each text is another, unless said.  Some 20 minutes for
13,000 notes on two cores.  `--quick`: fewer of everything, for a small vault.  `--models`: compiled models (the folder
`models` of a cache), which spares the run that compiles.  `--write`: write LATENCY.md.  `quiet` is 0 throughout:
silence would be quicker than an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import latency_report as report
import latency_scenes as scenes
import psutil
from latency_report import Table
from latency_scenes import QUICK, Cold, Memory, Place, Plan
from rich.console import Console
from stdio_client import GoneError
from typing_load import make_buffers, make_phrases

REPORT = Path(__file__).parent / "LATENCY.md"
_BUFFERS = 40
T = TypeVar("T")


async def measure(place: Place, models: Path | None, console: Console) -> list[Table]:
    """All scenes in turn; one that fails is told of and leaves its tables out."""

    async def scene(name: str, work: Coroutine[Any, Any, T]) -> T | None:
        started = perf_counter()
        try:
            found = await work
        except (GoneError, OSError, psutil.Error, sqlite3.Error, StopIteration) as error:
            console.print(f"{name} failed: {type(error).__name__}: {error}", style="red", markup=False)
            return None
        console.print(f"{name}: {perf_counter() - started:.0f} s", style="dim")
        return found

    compiling = None
    place.cache.mkdir()
    if models is None:
        first = replace(place, cache=place.cache.with_name("compiling"))
        first.cache.mkdir()
        compiling = await scene("cold start with compiling", scenes.cold_until_meaning(first))
        models = first.cache / "models"
    if models.is_dir():
        shutil.copytree(models, place.cache / "models")
    cold = await scene("cold start and typing", scenes.cold_and_typing(place))
    warm = await scene("warm start", scenes.warm(place))
    idle = await scene("idle", scenes.idle(place))
    size = await scene("size", scenes.sizes(place))
    kept = await scene("restart, touch, rename", scenes.embeds_nothing_again(place))
    saves = await scene("saves", scenes.saves(place))
    memory = [*(cold.memory if cold else ()), *(warm[1:] if warm else ()), *(idle[2:] if idle else ())]
    tables = [*_latencies(cold, idle), report.cold_table(compiling, cold)]
    tables += [report.warm_table(warm[0])] if warm else []
    tables += [report.saves_table(saves)] if saves else []
    tables += [report.throughput_table(cold.throughput)] if cold else []
    tables += [report.memory_table(memory), *([report.kept_table(kept)] if kept else [])]
    return tables + ([report.size_table(size)] if size else [])


def _latencies(cold: Cold | None, idle: tuple[Any, Any, Memory] | None) -> Iterator[Table]:
    live = f"Over unsaved buffers of the vault's notes, {scenes.RATE:g} requests a second, each after a change."
    if idle:
        note = "The paragraph is changed before each request, so that nothing of it has been seen."
        yield report.latency_table("Idle, the index whole", note, idle[0], report.IDLE)
        note = "Asked a second time for the same text and place."
        yield report.latency_table("Idle, without a change between", note, idle[1], report.IDLE)
    if cold:
        yield report.latency_table("While notes are read", live, cold.reading, report.BUSY)
        yield report.latency_table("While passages are embedded", live, cold.embedding, report.BUSY)


def machine(vault: Path, load: tuple[float, float, float]) -> str:
    """What it ran on, without names of hosts or paths."""
    memory = psutil.virtual_memory().total / 1e9
    loads = " ".join(f"{value:.2f}" for value in load)
    return (
        f"Vault {vault.name}; {date.today()}; {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB,"
        f" {platform.system()}, Python {platform.python_version()}; load average at the start {loads}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path, help="a folder of notes; it is copied")
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    parser.add_argument("--models", type=Path, help="a folder of compiled models; none: compile first, and time it")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    if not arguments.vault.is_dir():
        sys.exit(f"{arguments.vault} is not a folder")
    console, load = Console(), os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="recall-latency-", ignore_cleanup_errors=True) as temporary:
        vault = shutil.copytree(arguments.vault, Path(temporary).resolve() / "notes" / arguments.vault.resolve().name)
        buffers = make_buffers(vault, _BUFFERS)
        if not buffers:
            sys.exit(f"no notes with a paragraph in {arguments.vault}")
        plan = QUICK if arguments.quick else Plan()
        place = Place(vault, Path(temporary).resolve() / "cache", buffers, make_phrases(buffers), plan)
        about = machine(vault, load)
        console.print(about)
        tables = asyncio.run(measure(place, arguments.models, console))
    for table in tables:
        report.show(console, table)
    if arguments.write:
        lines = ["# How long does a writer wait?", "", *(__doc__ or "").strip().splitlines()[2:], "", about, ""]
        lines += [line for table in tables for line in report.markdown(table)]
        REPORT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
