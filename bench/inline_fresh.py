"""How soon is a changed note offered as ghost text, and what does that take?

    python bench/inline_fresh.py VAULT [--times 20] [--busy N] [--write]

The vault is copied, indexed by words alone into a cache of its own, and served over standard input and output.  A
sentence of words that stand nowhere else comes into a note in three ways: typed into an open one that is not saved,
saved by the editor (which tells of it), and written by another program.  Its first words are typed in another note
every few milliseconds until the rest is offered.  Wall time, from the change to the reply; with it the processor time
that the keeper took for one change, and the 80 ms that a file must be quiet for.  `--busy`: so many processes beside
it that never rest, as on a loaded machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from inline_report import CHANGED, write_part
from stdio_client import Client, serve, until

OPEN, SAVED, WRITTEN = "typed into an open note", "saved by the editor", "written by another program"
GOAL = 1_000
_LONG = 600.0
_PAUSE = 0.005


@dataclass(slots=True)
class Figures:
    """Milliseconds until each change was offered, the keeper's processor milliseconds, and the requests in all."""

    waited: list[float] = field(default_factory=list)
    keeper: list[float] = field(default_factory=list)
    asked: int = 0


async def measured(vault: Path, cache: Path, times: int, beside: int) -> dict[str, Figures]:
    seed = random.Random(7)
    found = {name: Figures() for name in (OPEN, SAVED, WRITTEN)}
    changed, here = vault / "Changed often.md", vault / "Written now.md"
    changed.write_text("# Changed often\n\nNothing yet.\n", encoding="utf-8")
    async with serve(vault, cache, {"model": "none"}) as client:
        await client.idle(_LONG)
        _open(client, here, "")
        with busy(beside):
            for at in range(times):
                for name, figures in found.items():
                    words = ["".join(seed.choices("bcdfghklmnprtvwxz", k=8)) for _ in range(8)]
                    await _one(client, name, figures, (changed, here), at, words)
    return found


async def _one(
    client: Client, name: str, figures: Figures, notes: tuple[Path, Path], at: int, words: Sequence[str]
) -> None:
    """The words come into the first note, and the first four of them into the second."""
    changed, here = notes
    begun, text = " ".join(words[:4]), f"# Changed often\n\nFor the {at}th time: {' '.join(words)}.\n"
    _change(client, here, 2 + figures.asked, begun)
    await _offered(client, here, begun, words[4])  # what is imported and read once
    before, started = sum(client.keeper.cpu_times()[:2]), perf_counter()
    if name == OPEN:
        _open(client, changed, text)
    else:
        changed.write_text(text, encoding="utf-8")
    if name == SAVED:
        client.notify("textDocument/didSave", {"textDocument": {"uri": changed.as_uri()}})

    async def offered() -> bool:
        figures.asked += 1
        return await _offered(client, here, begun, words[4])

    await until(offered, 60, _PAUSE)
    figures.waited.append((perf_counter() - started) * 1e3)
    if name == OPEN:
        client.notify("textDocument/didClose", {"textDocument": {"uri": changed.as_uri()}})
    await client.idle(_LONG)
    figures.keeper.append((sum(client.keeper.cpu_times()[:2]) - before) * 1e3)


def _open(client: Client, note: Path, text: str) -> None:
    document = {"uri": note.as_uri(), "languageId": "markdown", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})


def _change(client: Client, note: Path, version: int, text: str) -> None:
    document = {"uri": note.as_uri(), "version": version}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})


async def _offered(client: Client, note: Path, begun: str, next_word: str) -> bool:
    """Whether what follows `begun`, asked for by hand, is offered."""
    place = {"line": 0, "character": len(begun)}
    params = {"textDocument": {"uri": note.as_uri()}, "position": place, "context": {"triggerKind": 1}}
    answer, _ = await client.request("textDocument/inlineCompletion", params)
    return any(next_word in item["insertText"] for item in (answer or {"items": []})["items"])


@contextmanager
def busy(count: int) -> Iterator[None]:
    beside = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in beside:
            process.kill()
            process.wait()


def report(found: dict[str, Figures], notes: int, beside: int) -> str:
    loaded = f", with {beside} processes beside it that never rest" if beside else ""
    lines = [
        CHANGED, "",
        f"In a vault of {notes:,} notes{loaded}; from the change to the reply that offers it, asked again and again.",
        "What is typed into an open note is taken from there; for the others it is the keeper, which has the lowest",
        f"priority, that reads the file, after it was quiet for 80 ms. The goal is {GOAL:,} ms.", "",
        "| how it changed | n | p50 ms | p95 ms | longest ms | processor time of the keeper, ms |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, one in found.items():
        p50, p95 = np.percentile(one.waited, [50, 95])
        keeper = "–" if name == OPEN else f"{np.median(one.keeper):.0f}"
        lines.append(f"| {name} | {len(one.waited)} | {p50:.0f} | {p95:.0f} | {max(one.waited):.0f} | {keeper} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path, help="a folder of notes; it is copied")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the figures into INLINE.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recall-fresh-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        vault, cache = Path(shutil.copytree(args.vault, folder / "notes")), folder / "cache"
        cache.mkdir()
        notes = sum(1 for _ in vault.rglob("*.md"))
        found = asyncio.run(measured(vault, cache, args.times, args.busy))
    told = report(found, notes, args.busy)
    print(told)
    if args.write:
        write_part(CHANGED, told)


if __name__ == "__main__":
    main()
