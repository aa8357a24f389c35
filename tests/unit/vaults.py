"""Notes folders for tests: written, indexed in this process, read, or kept by a real keeper process."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import recall_lsp
from recall_lsp.config import load_options
from recall_lsp.index.keep import keep
from recall_lsp.index.places import index_dir
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.watch import Settled
from recall_lsp.notes.read import read_text
from recall_lsp.recall.model import Hit
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.related import related

SAMPLE = Path(recall_lsp.__file__).parent / "sample"
CHECKOUT = Path(recall_lsp.__file__).parent.parent
PATIENCE = 40.0
"""Seconds that anything may take on a busy machine before a test fails."""

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample vault indexed with the default model.  For reading: tests that write take a copy of their own."""

    root: Path
    vault: Vault


BREAD_AND_RIVER = {"bread.md": "Bread and soup at night.", "river.md": "The river road to the island."}


def write_notes(root: Path, notes: Mapping[str, str | bytes]) -> Path:
    """Files under `root`, by relative path; text is written as it stands, line ends included."""
    for path, content in notes.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def copy_sample(to: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, to))


def index(root: Path, **settings: Any) -> list[Event]:
    """Index a folder in this process until it is whole; the keeper's events.  By words alone unless told."""
    events: list[Event] = []
    keep(root, {"model": "none"} | settings, events.append, Settled(), threading.Event(), once=True)
    return events


def read_vault(root: Path, **settings: Any) -> Vault:
    """A new reader that has taken in all there is."""
    options, _ = load_options(root, {"model": "none"} | settings)
    vault = open_vault(root, options)
    follow(vault)
    return vault


def follow(vault: Vault) -> Vault:
    while vault.refresh():
        pass
    return vault


def indexed(root: Path, notes: Mapping[str, str | bytes], **settings: Any) -> Vault:
    """Write, index, read."""
    index(write_notes(root, notes), **settings)
    return read_vault(root, **settings)


def paths(vault: Vault) -> list[str]:
    return sorted(vault.ids)


def recall(vault: Vault, text: str, path: str = "buffer.md", limit: int = 10, quiet: float = 0.0) -> tuple[Hit, ...]:
    """Hits for an unsaved buffer with the cursor at its end."""
    return related(vault, moment_at(read_text(path, text), text, len(text)), limit, quiet)


def found(vault: Vault, text: str, **how: Any) -> list[str]:
    """Paths of the hits."""
    return [hit.path for hit in recall(vault, text, **how)]


def problems(events: list[Event]) -> str:
    return "\n".join(event["message"] for event in events if event["event"] == "problem")


def vectors_made(root: Path) -> int:
    """How many vectors were ever written for the folder (deleted ones count too)."""
    total = 0
    for path in index_dir(root).glob("vectors-*.db"):
        connection = sqlite3.connect(path)
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'vectors'").fetchone()
        total += row[0] if row else 0
        connection.close()
    return total


def eventually(check: Callable[[], Any], what: str = "") -> Any:
    """The first true value of `check()`; fails when it does not come in time."""
    deadline = monotonic() + PATIENCE
    while not (value := check()):
        assert monotonic() < deadline, f"it did not happen in time: {what}"
        sleep(0.05)
    return value


class Keeper:
    """A `recall-lsp keep` process; `events` grows as it speaks."""

    def __init__(self, root: Path, **settings: Any) -> None:
        command = [sys.executable, "-m", "recall_lsp", "keep", str(root), "--settings"]
        self.process = subprocess.Popen(
            [*command, json.dumps({"model": "none"} | settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=dict(os.environ),
        )
        self.events: list[Event] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def wait_for(self, kind: str, count: int = 1) -> None:
        eventually(lambda: sum(event["event"] == kind for event in list(self.events)) >= count, f"event {kind}")

    def ready(self) -> Keeper:
        self.wait_for("ready")
        return self

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def errors(self) -> str:
        """What it wrote to standard error, once it has ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))


LINKED_SUBJECTS = {
    "dough": (
        "Kneading folds air into gluten until it stretches like a thin curtain.",
        "My wrists ached from kneading, twenty minutes, before any gluten would hold.",
    ),
    "canoe": (
        "A paddle steers better from the stern, where every stroke turns a boat.",
        "We argued about who takes the stern paddle, as on all our rivers so far.",
    ),
    "violin": (
        "Rosin makes horsehair grip its strings; too much of it sounds like sand.",
        "Horsehair slid about in silence because I had left my rosin at home again.",
    ),
    "beehive": (
        "A swarm leaves when its queen is old, mostly before noon in early June.",
        "Our neighbour rang before noon: a swarm hangs in his plum tree, queen inside.",
    ),
    "telescope": (
        "Jupiter and its moons show in any small mirror on a night without wind.",
        "Clear sky at last, four moons beside Jupiter, and a mirror that I had cleaned.",
    ),
    "taxes": (
        "Receipts belong in an envelope with their month written on the outside.",
        "Spent this evening looking for receipts that had never seen any envelope.",
    ),
    "knots": (
        "A bowline holds under load and still comes undone with two cold fingers.",
        "Tarpaulin gone with the storm; a bowline would have held it under that load.",
    ),
    "chess": (
        "A rook wants an open file, and two rooks want the seventh rank together.",
        "Lost once more, with one rook asleep behind pawns and no open file for it.",
    ),
}


def linked_notes(swapped: str = "") -> dict[str, str | bytes]:
    """A page for each subject, and a day that links to it; the day of `swapped` links to the wrong page."""
    notes: dict[str, str | bytes] = {}
    for word, (page, day) in LINKED_SUBJECTS.items():
        notes[f"on {word}.md"] = f"# All about the {word}\n\n{page}\n"
        target = "on chess" if word == swapped else f"on {word}"
        notes[f"day of {word}.md"] = f"{day} ([[{target}|page]])\n"
    return notes


NONSENSE = ["".join(part) for part in product(("bra", "kel", "mo", "tur", "vin"), ("do", "lat", "nes", "rik"), "aeo")]


def crossed_notes(count: int) -> dict[str, str | bytes]:
    """Two folders with a page on each of `count` words; what is written in one always links to the other's page."""
    notes: dict[str, str | bytes] = {}
    for at, word in enumerate(NONSENSE[:count]):
        words = " ".join(word + ending for ending in ("", "ard", "eth", "ing", "ness", "ous", "ship", "wise", "ling"))
        for here, there in (("left", "right"), ("right", "left")):
            notes[f"{here}/on {word}.md"] = f"# Page {here} {at}\n\nStands in its corner: {words}.\n"
            notes[f"{here}/day {at}.md"] = f"{words} [[{there}/on {word}]].\n"
    return notes
