"""Does it stay as it began?  Two windows on one vault, edits, renames, restarts, for half an hour.

    python bench/soak.py [VAULT] [--minutes 30] [--models FOLDER] [--write]

The vault (the sample vault without one) is copied.  All the while one writer asks in the first window; every few
seconds a note is saved, renamed, moved or deleted, every minute the second window is closed and opened again, and every
third minute the first one's keeper is killed.  At the end `recall-lsp check` must find nothing; memory and open files
of the server that lived all along are compared with those of its first minute.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from time import perf_counter

import psutil
from keeping_report import machine, markdown_table, write_section
from stdio_client import Client, GoneError, serve
from typing_load import LIVE, Writer, make_buffers, make_phrases, p95

SAMPLE = Path(__file__).parents[1] / "recall_lsp" / "sample"
_SETTINGS = {"quiet": 0}
_REOPEN, _KILL = 60.0, 180.0
_SETTLED = 60.0
"""Seconds until the first figures are taken: what is loaded once is loaded then."""
_WORDS = "river road bread soup salt train night island book note memory winter garden letter stone harbour".split()


class Soak:
    """One run: what was done, what the writer waited, what the server weighed."""

    def __init__(self, vault: Path, cache: Path, minutes: float) -> None:
        self.done: Counter[str] = Counter()
        self.milliseconds: list[float] = []
        self.weights: list[tuple[float, int, int]] = []
        self._vault, self._cache = vault, cache
        self._began = perf_counter()
        self._end = self._began + minutes * 60
        self._chance = random.Random(5)

    async def run(self) -> None:
        buffers = make_buffers(self._vault, 10)
        async with serve(self._vault, self._cache, _SETTINGS) as first:
            await first.idle(1500)
            self._began = perf_counter()
            writer = Writer(first, buffers, make_phrases(buffers))
            tasks = [self._write(writer), self._change(), self._reopen(), self._kill(first), self._weigh(first)]
            await asyncio.gather(*tasks)
            await first.idle(600)
            self._note_weight(first)

    def _going(self) -> bool:
        return perf_counter() < self._end

    async def _write(self, writer: Writer) -> None:
        while self._going():
            for kind in LIVE:
                _, seconds = await writer.ask(kind)
                self.milliseconds.append(seconds * 1e3)
                self.done["requests"] += 1
                await asyncio.sleep(0.3)

    async def _change(self) -> None:
        while self._going():
            await asyncio.sleep(self._chance.uniform(0.5, 4))
            notes = sorted(self._vault.rglob("*.md"))
            note = self._chance.choice(notes)
            what = self._chance.choice(("saves", "saves", "saves", "new notes", "renames", "moves", "removals"))
            if what == "saves":
                note.write_text(f"{note.read_text('utf-8', 'replace')}\n\n{self._sentence()}\n", "utf-8")
            elif what == "new notes":
                (self._vault / f"soak {self._chance.random()}.md").write_text(f"# New\n\n{self._sentence()}\n", "utf-8")
            elif what == "removals":
                note.unlink()
            else:
                folder = note.parent if what == "renames" else self._vault / f"moved {self._chance.randint(0, 5)}"
                folder.mkdir(exist_ok=True)
                note.rename(folder / f"{note.stem[:60]} {self._chance.randint(0, 999)}.md")
            self.done[what] += 1

    async def _reopen(self) -> None:
        while self._going():
            async with serve(self._vault, self._cache, _SETTINGS) as second:
                await asyncio.sleep(min(_REOPEN, max(self._end - perf_counter(), 1)))
                await second.status()
            self.done["second window closed"] += 1

    async def _kill(self, first: Client) -> None:
        while self._end - perf_counter() > _KILL:
            await asyncio.sleep(_KILL)
            with suppress(GoneError, psutil.Error):
                first.keeper.kill()
                self.done["keepers killed"] += 1

    async def _weigh(self, first: Client) -> None:
        await asyncio.sleep(min(_SETTLED, (self._end - perf_counter()) / 2))
        self._note_weight(first)

    def _note_weight(self, first: Client) -> None:
        server = first.server
        self.weights.append((perf_counter() - self._began, server.memory_info().rss, server.num_fds()))

    def _sentence(self) -> str:
        return " ".join(self._chance.choices(_WORDS, k=12)) + f" {self._chance.random()}."


def embedded_twice(cache: Path) -> int:
    """Vectors made, less those that are there: what was removed on purpose counts too, so 0 where nothing was."""
    twice = 0
    for path in cache.glob("indexes/*/vectors-*.db"):
        with closing(sqlite3.connect(path)) as connection:
            ((made,),) = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'vectors'").fetchall()
            twice += made - connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
    return twice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--models", type=Path, help="a folder of compiled models, which spares compiling one")
    parser.add_argument("--write", action="store_true", help="the section of KEEPING.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recall-soak-", ignore_cleanup_errors=True) as temporary:
        home = Path(temporary).resolve()
        vault, cache = shutil.copytree(arguments.vault, home / "notes"), home / "cache"
        cache.mkdir()
        if arguments.models:
            shutil.copytree(arguments.models, cache / "models")
        soak = Soak(vault, cache, arguments.minutes)
        asyncio.run(soak.run())
        findings = asyncio.run(_check(vault, cache))
        twice = embedded_twice(cache)
    rows = [(what, f"{count:,}") for what, count in sorted(soak.done.items())]
    for when, memory, handles in soak.weights:
        rows.append((f"first server after {when / 60:.0f} minutes", f"{memory / 1e6:.0f} MB, {handles} open files"))
    rows += [("p95 of the requests", f"{p95(sorted(soak.milliseconds)):.0f} ms")]
    rows += [("vectors made and no more there", str(twice)), ("`check` at the end", findings)]
    print(*(f"{name}: {value}" for name, value in rows), sep="\n")
    if arguments.write:
        lines = ["## Half an hour of everything at once (`bench/soak.py`)", "", machine(), ""]
        lines += [f"{arguments.minutes:g} minutes.  What was done is told by the bench.", ""]
        write_section("soak", [*lines, *markdown_table(("what", "figure"), rows)])
    sys.exit(findings != "nothing")


async def _check(vault: Path, cache: Path) -> str:
    """What `recall-lsp check` says; "nothing" when all is well."""

    environment = os.environ | {"RECALL_CACHE_DIR": str(cache), "RECALL_DATA_DIR": str(cache / "data")}
    command = [sys.executable, "-P", "-m", "recall_lsp", "check", str(vault)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=environment)
    told, _ = await process.communicate()
    return "nothing" if process.returncode == 0 else " ".join(told.decode().split())


if __name__ == "__main__":
    main()
