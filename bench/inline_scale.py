"""What does ghost text cost in a large vault: processor time a key, and memory?

    python bench/inline_scale.py VAULTS [--keys 1500] [--write]

All of VAULTS, a folder of vaults, is indexed as one vault, words alone (once: the index stays in RECALL_CACHE_DIR).  A
new process then opens it as the server does, and its memory is taken before and after ghost text is first asked for.
Notes are typed key by key as if anew, so that everything typed stands in the vault, which is the most that there can
be to look through.  Processor time, which other work on the machine changes little, and wall time, which tells what the
writer waits on a quiet one; the baseline of memory is the same process without ghost text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import psutil
from inline_data import digest
from inline_report import REPORT, SCALE, write_part

from recall_lsp.config import Options
from recall_lsp.index.keep import keep
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.watch import Settled
from recall_lsp.lsp.ghosts import ghosts

OPTIONS = Options(model="none")
_SHOWN = (50, 95, 99)
_EACH = 30
"""Keys typed of a note, from the middle of it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vaults", type=Path)
    parser.add_argument("--keys", type=int, default=1_500)
    parser.add_argument("--write", action="store_true", help=f"put the figures into {REPORT.name}")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    root = args.vaults.resolve()
    if args.measure:
        print(json.dumps(measured(root, args.keys)))
        return
    keep(root, {"model": "none"}, lambda _: None, Settled(), threading.Event(), once=True)
    command = [sys.executable, __file__, str(root), "--keys", str(args.keys), "--measure"]
    figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    told = report(figures)
    print(told)
    if args.write:
        write_part(SCALE, told)


def measured(root: Path, count: int) -> dict[str, Any]:
    vault = open_vault(root, OPTIONS)
    while vault.refresh(1 << 30) or vault.prepare():
        pass
    paths = sorted(vault.ids, key=digest)[: count // _EACH]
    process = psutil.Process()
    before = process.memory_info()
    keys = np.array([key for path in paths for key in typed(vault, path)]) * 1e3
    while vault.namings.waiting:
        pass
    after = process.memory_info()
    status = vault.status()
    return {
        "notes": len(vault.entries), "passages": status.passages, "words": len(vault.phrases),
        "before": before.rss, "grown": after.rss - before.rss,
        "own": (after.rss - after.shared) - (before.rss - before.shared),
        "keys": len(keys), "cpu": np.percentile(keys[:, 0], _SHOWN).tolist(),
        "wall": np.percentile(keys[:, 1], _SHOWN).tolist(),
    }  # fmt: skip


def typed(vault: Vault, path: str) -> list[tuple[float, float]]:
    """For each key, seconds of processor time and of wall time."""
    text = (vault.text_of(path) or "")[:100_000]
    found = []
    for offset in range(len(text) // 2, min(len(text) // 2 + _EACH, len(text))):
        start, began = process_time(), perf_counter()
        ghosts(vault, OPTIONS, "now.md", text[:offset], offset, by_hand=False, buffers={})
        found.append((process_time() - start, perf_counter() - began))
    return found


def report(figures: dict[str, Any]) -> str:
    mega = {name: figures[name] / 1e6 for name in ("before", "grown", "own")}
    cpu, wall = (" / ".join(f"{one:.1f}" for one in figures[name]) for name in ("cpu", "wall"))
    return "\n".join([
        SCALE, "",
        f"All vaults as one of {figures['notes']:,} notes, {figures['passages']:,} passages and {figures['words']:,} "
        "words; whole notes that stand in it", f"are typed again ({figures['keys']:,} keys).", "",
        "| | measured | goal |", "|---|---|---|",
        f"| processor time a key, with reading the buffer: p50 / p95 / p99 | {cpu} ms | p95 15 ms |",
        f"| wall time of the same | {wall} ms | p95 15 ms |",
        f"| memory beside the {mega['before']:.0f} MB without ghost text | {mega['grown']:.0f} MB, of which "
        f"{mega['own']:.0f} MB are no pages of mapped files | 60 MB |",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
