"""What grows, and how, from a thousand notes to fifty thousand?

    python bench/scale.py VAULTS [--notes 1000 5000] [--models FOLDER] [--typing 20] [--embedding 200] [--write]

VAULTS is a folder of vaults, whose notes are combined under folders of different names (`copy 1/<vault>/...`), each
copy with a line of its own in every paragraph's note, so that no text is embedded once for two.  Over standard input
and output, with a writer who asks for part of the time; nothing of the user's is read or written.

--write puts a row for each size into the table in KEEPING.md, as soon as it is measured.  A vault that is not wholly
embedded after --embedding seconds is paused there: the seconds of the full pass then follow from the rate until then
(≈, with the share that was embedded), the passages that wait have rough vectors in the server's memory, and the bytes
of their vectors are added to those on disk.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from embedding_rate import index_folder
from keeping_report import REPORT, machine, markdown_table, write_section
from stdio_client import Client, GoneError, serve, until
from typing_load import Measured, Writer, make_buffers, make_phrases, p95, write_each, write_on

from recall_lsp.index.catalog import open_catalog
from recall_lsp.index.lexical import LexicalWriter
from recall_lsp.index.tidy import tidy
from recall_lsp.lsp.messages import PAUSE_COMMAND
from recall_lsp.notes.resolve import NOTE_EXTENSIONS

COLUMNS = (
    "notes", "passages", "text MB", "first answer s", "all words s", "rough meaning s", "all meaning s", "warm s",
    "idle p50 / p95 ms", "reading p95 ms", "embedding p95 ms", "server MB", "keeper MB", "disk MB",
    "disk B/passage", "disk target",
)  # fmt: skip
_SETTINGS = {"quiet": 0}
_BUFFERS = 30
_RATE = 5.0
_IDLE_EACH = 25
_READING = "Reading notes"
_PATIENCE = 1200.0
_VECTOR = 430
"""Bytes of a stored vector with its keys."""


@dataclass(slots=True)
class Row:
    """One size: counts, seconds from spawn, latencies in ms, resident and disk bytes."""

    notes: int = 0
    passages: int = 0
    text: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    latencies: dict[str, list[float]] = field(default_factory=dict)
    server: int = 0
    keeper: int = 0
    disk: int = 0
    share: float = 1.0
    """Of the passages, embedded when it was paused."""


def combine(vaults: Path, to: Path, wanted: int) -> int:
    """Copy `wanted` notes from the vaults in turn; how many bytes they are."""
    files = sorted(path for path in vaults.rglob("*") if path.suffix in NOTE_EXTENSIONS and path.is_file())
    if not files:
        sys.exit(f"no notes in {vaults}")
    # Evenly from all vaults: each `stride`-th, so that a thousand notes are as mixed as fifty thousand.
    stride = max(1, len(files) // wanted)
    written = size = 0
    copy = 0
    while written < wanted:
        for file in files[copy % stride :: stride]:
            if written == wanted:
                break
            target = to / f"copy {copy}" / file.relative_to(vaults)
            target.parent.mkdir(parents=True, exist_ok=True)
            content = _made_different(file.read_bytes(), copy // stride)
            target.write_bytes(content)
            written, size = written + 1, size + len(content)
        copy += 1
    return size


def _made_different(content: bytes, turn: int) -> bytes:
    """From the second turn on, every paragraph ends in a word of its turn, so that it is another text."""
    if not turn:
        return content
    return b"\n\n".join(
        part + b" turn%d" % turn if part.strip()[-1:].isalpha() else part for part in content.split(b"\n\n")
    )


async def measure(vault: Path, cache: Path, typing: float, most: float) -> Row:
    """`most`: seconds of embedding after which it is paused."""
    row = Row()
    buffers = make_buffers(vault, _BUFFERS)
    phrases = make_phrases(buffers)
    async with serve(vault, cache, _SETTINGS) as client:
        await _index(client, Writer(client, buffers, phrases), typing, most, row)
    async with serve(vault, cache, _SETTINGS) as client:
        await until(lambda: _answers(client, buffers[0].uri, "meaning"), 300, 0.02)
        row.seconds["warm"] = perf_counter() - client.spawned
        await until(lambda: _settled(client), 600, 0.25)
        writer = Writer(client, buffers, phrases)
        await write_each(writer, 3, 0.02, repeat=False)
        row.latencies["idle"] = _all(await write_each(writer, _IDLE_EACH, 0.03, repeat=False))
        row.server = client.server.memory_info().rss
        status = await client.status()
        row.notes, row.passages = status["notes"], status["passages"]
    row.disk = _tidied(index_folder(cache)) + round((1 - row.share) * row.passages * _VECTOR)
    return row


async def _index(client: Client, writer: Writer, typing: float, most: float, row: Row) -> None:
    """From nothing until all is embedded, or `most` seconds of that have gone."""
    await until(lambda: _answers(client, writer.buffers[0].uri), 120, 0.05)
    row.seconds["first"] = perf_counter() - client.spawned
    reading: Measured = {}
    soon = perf_counter() + typing
    await write_on(writer, lambda: not _all_read(client) and perf_counter() < soon, _RATE, reading)
    await until(lambda: _is(_all_read(client)), _PATIENCE, 0.1)
    row.seconds["words"] = perf_counter() - client.spawned
    await until(lambda: _rough(client, 0.5), _PATIENCE, 0.5)
    row.seconds["rough"] = perf_counter() - client.spawned
    embedding: Measured = {}
    soon = perf_counter() + typing
    await write_on(writer, lambda: client.progress[-1].stage != "" and perf_counter() < soon, _RATE, embedding)
    row.latencies |= {"reading": _all(reading), "embedding": _all(embedding)}
    begun, before = perf_counter(), (await client.status())["embedded"]
    try:
        await client.idle(most)
        row.seconds["meaning"] = perf_counter() - client.spawned
    except GoneError:
        status = await client.status()
        rate = (status["embedded"] - before) / (perf_counter() - begun)
        left = (status["passages"] - status["embedded"]) / rate
        row.share = status["embedded"] / status["passages"]
        row.seconds["meaning"] = perf_counter() - client.spawned + left
        row.keeper = client.keeper.memory_info().rss
        await client.request("workspace/executeCommand", {"command": PAUSE_COMMAND})
    row.keeper = client.keeper.memory_info().rss


async def _settled(client: Client) -> bool:
    """Nothing is left to do, or all that may be done while it is paused."""
    status = await client.status()
    if status["keeper"] == "paused":
        await asyncio.sleep(2)
        return bool((await client.status())["rough"] == status["rough"])
    return (status["state"], status["keeper"]) == ("ready", "idle")


async def _rough(client: Client, share: float) -> bool:
    """Whether so much of the passages has a vector, its own or a rough one."""
    status = await client.status()
    return bool(status["embedded"] + status["rough"] >= share * status["passages"])


def _tidied(folder: Path) -> int:
    """Bytes of an index after a quiet moment."""
    with closing(open_catalog(folder / "catalog.db", write=True)) as catalog:
        tidy(folder, catalog, LexicalWriter(folder / "lexical"))
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def _is(value: bool) -> bool:
    return value


def _all_read(client: Client) -> bool:
    """All notes are read: the last step of reading was told, or something later."""
    return any(step.stage != _READING or step.done == step.total for step in client.progress)


async def _answers(client: Client, uri: str, by: str = "words") -> bool:
    params = {"textDocument": {"uri": uri}, "text": "what is to be done with the notes of this week", "limit": 5}
    answer, _ = await client.request("recall/related", params)
    return any(by in hit["foundBy"] for hit in answer["hits"])


def _all(measured: Measured) -> list[float]:
    return [time for timings in measured.values() for time in timings.milliseconds]


def cells(row: Row) -> list[str]:
    def tail(name: str) -> str:
        found = row.latencies[name]
        return f"{p95(sorted(found)):.0f} (n {len(found)})" if found else "-"

    idle, target = row.latencies["idle"], 1.5 * row.text + 600 * row.passages
    return [
        f"{row.notes:,}", f"{row.passages:,}", f"{row.text / 1e6:.1f}",
        *(f"{row.seconds[name]:.1f}" for name in ("first", "words", "rough")),
        f"{row.seconds['meaning']:.1f}" if row.share == 1 else f"≈ {row.seconds['meaning']:.0f} ({row.share:.0%} done)",
        f"{row.seconds['warm']:.1f}",
        f"{median(idle):.0f} / {p95(sorted(idle)):.0f}", tail("reading"), tail("embedding"),
        f"{row.server / 1e6:.0f}", f"{row.keeper / 1e6:.0f}", f"{row.disk / 1e6:.1f}",
        f"{row.disk / max(row.passages, 1):.0f}", f"{target / 1e6:.1f} MB: {'met' if row.disk <= target else 'MISSED'}",
    ]  # fmt: skip


def write(row: Row) -> None:
    """Add the row to the table, in place of one of as many notes."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    found = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    kept = [line for line in found if len(line) == len(COLUMNS) and line[0] not in ("notes", f"{row.notes:,}")]
    rows = sorted([*kept, cells(row)], key=lambda line: int(line[0].replace(",", "")))
    intro = (
        "Seconds from the server's start: to the first answer, until all notes answer by words, until half of the"
        " passages answer by meaning at least roughly, until all do by their own vectors (with a writer who asks five"
        " times a second for a part of the time; ≈: paused when the share that is told was done, the rest by the rate"
        " until then, with rough vectors in memory and the bytes to come added to the disk), and from a restart to an"
        " answer by meaning."
        " Latencies are of completion, hover and related together, each text another.  Targets: p95 ≤ 20 ms idle,"
        " ≤ 50 ms while it reads or embeds; server ≤ 300 MB; disk ≤ 1.5 × the notes' text + 0.6 KB a passage."
    )
    lines = ["## What grows (`bench/scale.py`)", "", f"The last row written: {machine()}", "", intro, ""]
    write_section("scale", [*lines, *markdown_table(COLUMNS, rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vaults", type=Path)
    parser.add_argument("--notes", type=int, nargs="+", default=[1000])
    parser.add_argument("--models", type=Path, help="a folder of compiled models, which spares compiling one")
    parser.add_argument(
        "--typing", type=float, default=20, help="seconds of typing while it reads, and while it embeds"
    )
    parser.add_argument("--embedding", type=float, default=200, help="seconds of embedding alone, at most")
    parser.add_argument("--write", action="store_true", help=f"put the rows into {REPORT.name}")
    arguments = parser.parse_args()
    for notes in arguments.notes:
        row = one_size(notes, arguments)
        print(json.dumps(dict(zip(COLUMNS, cells(row), strict=True)), indent=1, ensure_ascii=False), flush=True)
        if arguments.write:
            write(row)


def one_size(notes: int, arguments: argparse.Namespace) -> Row:
    with tempfile.TemporaryDirectory(prefix="recall-scale-", ignore_cleanup_errors=True) as temporary:
        home = Path(temporary).resolve()
        (home / "cache").mkdir()
        if arguments.models:
            shutil.copytree(arguments.models, home / "cache" / "models")
        text = combine(arguments.vaults.resolve(), home / "notes", notes)
        try:
            row = asyncio.run(measure(home / "notes", home / "cache", arguments.typing, arguments.embedding))
        except GoneError as error:
            sys.exit(f"{notes} notes: {error}")
    row.text = text
    return row


if __name__ == "__main__":
    main()
