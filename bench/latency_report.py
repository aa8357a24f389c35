"""The figures of `latency.py` as tables, each beside its target: on the terminal by rich, in LATENCY.md as Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from embedding_rate import Throughput
from latency_scenes import RATE, Cold, Kept, Memory
from rich.console import Console
from rich.table import Table as RichTable
from typing_load import Measured, p95

IDLE, BUSY = (10.0, 20.0), (None, 50.0)
"""Most milliseconds of p50 and p95, that we aim at."""
FIRST_LEXICAL, FIRST_FULL, SAVED, THROUGHPUT, SERVER_MB = 3.0, 1.0, 300.0, 0.9, 300.0
SETTLES = 80.0
"""Milliseconds without a change after which a save counts as settled (index/watch.py)."""
_KEEPER_THREADS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    note: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def verdict(target: str, met: bool) -> str:
    return f"{target}: {'met' if met else 'MISSED'}"


def at_most(value: float, most: float | None, unit: str) -> str:
    """A target with whether `value` meets it; "" where there is none."""
    return "" if most is None else verdict(f"≤ {most:g} {unit}", value <= most)


def latency_table(title: str, note: str, measured: Measured, targets: tuple[float | None, float]) -> Table:
    rows = []
    for name, timings in measured.items():
        p50, late, longest = timings.row()
        met = (targets[0] is None or p50 <= targets[0]) and late <= targets[1]
        target = verdict(" / ".join("-" if most is None else f"≤ {most:g}" for most in targets), met)
        count = len(timings.milliseconds)
        figures = (f"{p50:.1f}", f"{late:.1f}", f"{longest:.1f}")
        rows.append((name, str(count), f"{timings.found / count:.0%}", *figures, target))
    return Table(title, note, ("request", "n", "with hits", "p50 ms", "p95 ms", "max ms", "target p50 / p95"), rows)


def cold_table(compiling: Cold | None, compiled: Cold | None) -> Table:
    targets = {"first lexical answer": FIRST_LEXICAL}
    runs = [run.seconds if run else {} for run in (compiling, compiled)]
    rows = []
    for name in dict.fromkeys(name for run in (runs[0], runs[1]) for name in run):
        cells = [f"{run[name]:.2f}" if name in run else "-" for run in runs]
        slowest = max(run[name] for run in runs if name in run)
        rows.append((name, *cells, at_most(slowest, targets.get(name), "s")))
    note = (
        "Seconds from spawn, in a fresh cache.  With compiling: nobody types, and the run ends with the first answer by"
        f" meaning.  Model there: a writer asks {RATE:g} times a second during part of it; the time in which the"
        " keeper was stopped for the bare loop is taken off."
    )
    return Table("Cold start", note, ("until", "with compiling", "model there", "target"), rows)


def throughput_table(told: Throughput) -> Table:
    best = max(told.bare.values(), default=0.0)
    share = told.keeper / best if best else 0.0
    note = (
        f"{told.passages} passages in {told.window:.0f} s without requests, mean {told.tokens:.0f} tokens; then the"
        " keeper was stopped, and bare onnxruntime ran over ready tokens of a sample of the very same texts."
    )
    target = verdict(f"≥ {THROUGHPUT:.0%}", share >= THROUGHPUT)
    ours = "keeper, from catalog to committed vectors"
    rows = [(ours, str(_KEEPER_THREADS), f"{told.keeper:.1f}", f"{share:.0%}", target)]
    for (name, threads), rate in told.bare.items():
        rows.append((f"bare loop, {name}", str(threads), f"{rate:.1f}", f"{rate / best:.0%}", ""))
    return Table("Embedding", note, ("what", "threads", "passages/s", "of the best bare", "target"), rows)


def warm_table(found: Mapping[str, Sequence[float]]) -> Table:
    targets = {"first full answer": FIRST_FULL}
    rows = []
    for name, times in found.items():
        target = at_most(median(times), targets.get(name), "s")
        rows.append((name, str(len(times)), f"{median(times):.2f}", f"{max(times):.2f}", target))
    note = "Seconds from spawn to the reply to initialize, and to an answer found by meaning too."
    return Table("Warm start", note, ("until", "n", "median", "max", "target"), rows)


def saves_table(found: Mapping[str, Sequence[float]]) -> Table:
    rows = []
    for name, times in found.items():
        ranked = sorted(times)
        cells = (f"{median(ranked):.0f}", f"{p95(ranked):.0f}", f"{ranked[-1]:.0f}")
        rows.append((name, str(len(ranked)), *cells, at_most(p95(ranked), SAVED + SETTLES, "ms")))
    note = (
        "From the write of a new note to recall/related finding it by a word of its own; in that are the 80 ms"
        " that a file must be quiet for."
    )
    return Table("A saved note searchable", note, ("how", "n", "p50 ms", "p95 ms", "max ms", "target"), rows)


def memory_table(told: Iterable[Memory]) -> Table:
    rows = []
    for at in told:
        cells = (f"{value / 1e6:.0f}" for value in (*at.server, *at.keeper))
        warm = at.when != "while embedding"
        rows.append((at.when, *cells, at_most(at.server[0] / 1e6, SERVER_MB, "MB") if warm else ""))
    columns = ("when", "server rss MB", "server uss MB", "keeper rss MB", "keeper uss MB", "target (server rss)")
    return Table("Memory", "", columns, rows)


def kept_table(kept: Sequence[Kept]) -> Table:
    rows = []
    for one in kept:
        target = verdict("0", one.before == one.after and not one.steps)
        rows.append((one.what, str(one.before), str(one.after), str(one.steps), target))
    note = "Rows of the embedding table before and after, and steps of embedding that the keeper told of."
    return Table("Embedded again", note, ("after", "vectors before", "vectors after", "steps", "target"), rows)


def size_table(told: Mapping[str, float]) -> Table:
    parts = {name: told[name] for name in ("catalog", "full-text view", "vectors")}
    rows = [("notes' text", f"{told['text'] / 1e6:.1f}", f"{told['text'] / told['passages']:.0f}")]
    for name, size in (*parts.items(), ("whole index", sum(parts.values()))):
        rows.append((name, f"{size / 1e6:.1f}", f"{size / told['passages']:.0f}"))
    note = f"{told['notes']:.0f} notes, {told['passages']:.0f} passages."
    return Table("Size on disk", note, ("what", "MB", "bytes a passage"), rows)


def show(console: Console, table: Table) -> None:
    drawn = RichTable(title=table.title, caption=table.note, title_justify="left", caption_justify="left")
    for at, column in enumerate(table.columns):
        drawn.add_column(column, justify="left" if at in (0, len(table.columns) - 1) else "right")
    for row in table.rows:
        drawn.add_row(*row)
    console.print(drawn, "")


def markdown(table: Table) -> list[str]:
    lines = [f"## {table.title}", "", *([table.note, ""] if table.note else [])]
    lines.append("| " + " | ".join(table.columns) + " |")
    lines.append("|---" * len(table.columns) + "|")
    return [*lines, *("| " + " | ".join(row) + " |" for row in table.rows), ""]
