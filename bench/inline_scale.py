"""What does ghost text cost in a large vault: processor time a key, and memory?

    python bench/inline_scale.py VAULTS [--keys 1500] [--write]

All of VAULTS, a folder of vaults, is indexed as one vault, words alone (once: the index stays in RECALL_CACHE_DIR).  A
new process then opens it as the server does, and its memory is taken before and after ghost text is first asked for.
Notes are typed key by key as if anew, so that everything typed stands in the vault, which is the most that there can
be to look through.  Processor time, so that other work on the machine matters little; the baseline of memory is the
same process without ghost text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path
from time import process_time

import numpy as np
import psutil
from inline_data import digest
from inline_report import REPORT, SCALE

from recall_lsp.config import Options
from recall_lsp.index.keep import keep
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.watch import Settled
from recall_lsp.lsp.ghosts import ghosts

OPTIONS = Options(model="none")
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
        before = REPORT.read_text(encoding="utf-8").partition(SCALE)[0].rstrip()
        REPORT.write_text(f"{before}\n\n{told}\n", encoding="utf-8")


def measured(root: Path, keys: int) -> dict[str, float]:
    vault = open_vault(root, OPTIONS)
    while vault.refresh(1 << 30) or vault.prepare():
        pass
    paths = sorted(vault.ids, key=digest)[: keys // _EACH]
    process = psutil.Process()
    before = process.memory_info()
    seconds = [second for path in paths for second in typed(vault, path)]
    while vault.namings.waiting:
        pass
    after = process.memory_info()
    status = vault.status()
    return {
        "notes": len(vault.entries), "passages": status.passages, "words": len(vault.phrases),
        "before": before.rss, "grown": after.rss - before.rss,
        "own": (after.rss - after.shared) - (before.rss - before.shared),
        "keys": len(seconds), "p50": float(np.percentile(seconds, 50)), "p95": float(np.percentile(seconds, 95)),
        "p99": float(np.percentile(seconds, 99)),
    }  # fmt: skip


def typed(vault: Vault, path: str) -> list[float]:
    text = (vault.text_of(path) or "")[:100_000]
    found = []
    for offset in range(len(text) // 2, min(len(text) // 2 + _EACH, len(text))):
        start = process_time()
        ghosts(vault, OPTIONS, "now.md", text[:offset], offset, by_hand=False, buffers={})
        found.append(process_time() - start)
    return found


def report(figures: dict[str, float]) -> str:
    mega = {name: figures[name] / 1e6 for name in ("before", "grown", "own")}
    times = {name: figures[name] * 1e3 for name in ("p50", "p95", "p99")}
    return "\n".join([
        SCALE.strip(), "",
        f"All vaults as one of {figures['notes']:,} notes, {figures['passages']:,} passages and {figures['words']:,} "
        "words; whole notes that stand in it", f"are typed again ({figures['keys']:,} keys).", "",
        "| | measured | goal |", "|---|---|---|",
        f"| processor time a key, with reading the buffer: p50 / p95 / p99 | {times['p50']:.1f} / {times['p95']:.1f} / "
        f"{times['p99']:.1f} ms | p95 15 ms |",
        f"| memory beside the {mega['before']:.0f} MB without ghost text | {mega['grown']:.0f} MB, of which "
        f"{mega['own']:.0f} MB are no pages of mapped files | 60 MB |",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
