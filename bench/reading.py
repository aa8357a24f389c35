"""How fast are notes read, beside pyromark alone over the same texts?  `python bench/reading.py [FOLDER...]`

Each FOLDER holds notes (the sample vault without one).  Prints MB of bytes a second of process time, from bytes to
passages and for pyromark's events alone, in turns within one run (the machine's noise hits both), best of the rounds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pyromark
from rich.console import Console
from rich.table import Table

from recall_lsp.notes.markdown import OPTIONS
from recall_lsp.notes.read import decode, read_bytes
from recall_lsp.notes.resolve import NOTE_EXTENSIONS

SAMPLE_VAULT = Path(__file__).parents[1] / "recall_lsp" / "sample"
MAX_BYTES = 6_000_000


def load(folder: Path) -> list[tuple[str, bytes]]:
    """Relative paths and bytes of the folder's notes, up to `MAX_BYTES` in all."""
    files: list[tuple[str, bytes]] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if size < MAX_BYTES and path.suffix in NOTE_EXTENSIONS and path.is_file():
            files.append((path.relative_to(folder).as_posix(), path.read_bytes()))
            size += len(files[-1][1])
    return files


def seconds(work: Callable[[], None]) -> float:
    """Process time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(files: list[tuple[str, bytes]], rounds: int) -> tuple[float, float]:
    """Seconds to read all files, and to go through pyromark's events of them."""
    texts = [text.encode("utf-8", "replace").decode() for _, data in files if (text := decode(data)) is not None]

    def read() -> None:
        for path, data in files:
            read_bytes(path, data)

    def events() -> None:
        for text in texts:
            for _ in pyromark.events_with_range(text, options=OPTIONS):
                pass

    times = [(seconds(read), seconds(events)) for _ in range(rounds)]
    return min(reading for reading, _ in times), min(parsing for _, parsing in times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[SAMPLE_VAULT])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    table = Table("vault", "notes", "MB", "read MB/s", "pyromark MB/s", "ratio")
    for folder in options.folders:
        files = load(folder)
        if not files:
            parser.error(f"no notes in {folder}")
        size = sum(len(data) for _, data in files) / 1e6
        reading, parsing = measure(files, options.rounds)
        figures = (f"{size:.2f}", f"{size / reading:.2f}", f"{size / parsing:.2f}", f"{parsing / reading:.2f}")
        table.add_row(folder.resolve().name, str(len(files)), *figures)
    Console().print(table)


if __name__ == "__main__":
    main()
