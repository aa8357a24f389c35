"""`recall-lsp tune`: learn from a vault's own links how to rank it, show what that gains, and keep it or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from recall_lsp.commands.build import build
from recall_lsp.commands.show import counting
from recall_lsp.index.tuned import mark_tried, remove_tuned, tuned_path, write_tuned
from recall_lsp.recall.rank import default_weights
from recall_lsp.recall.tune import FEW, Tuning, halves, tune

_BAR = 50


def run(folder: Path, yes: bool, settings: Mapping[str, Any]) -> int:
    console = Console(highlight=False)
    vault = build(folder, Console(stderr=True), settings)
    if vault is None:
        return 2
    path = tuned_path(vault.root)
    learn, held = halves(vault)
    if min(len(learn), len(held)) < FEW:
        console.print(
            f"The links in these notes make {len(learn) + len(held)} questions to learn from; at least {2 * FEW} are"
            " needed. Recall goes on with its defaults."
        )
        return 0
    with counting(Console(stderr=True), "Learning from your links", 2 * (len(learn) + len(held))) as step:
        tuning = tune(vault, default_weights(), learn, held, step)
    _show(console, tuning)
    if not tuning.sure:
        console.print("That could be chance, so nothing is changed.")
        mark_tried(path)
        return 0
    if not yes and not Confirm.ask("Rank these notes so from now on?", console=console, default=True):
        return 0
    try:
        write_tuned(path, tuning.tuned)
    except OSError as error:
        console.print(f"[red]What was learned cannot be written: {error}[/]")
        return 1
    console.print("[green]✓[/] Kept, and used at once, in open editors too. `recall-lsp tune --undo` takes it back.")
    return 0


def undo(folder: Path) -> int:
    console = Console(highlight=False)
    try:
        there = remove_tuned(tuned_path(folder))
    except OSError as error:
        console.print(f"[red]What was learned cannot be removed: {error}[/]")
        return 1
    console.print("Forgotten: the defaults rank again." if there else "This folder is not tuned.")
    return 0


def _show(console: Console, tuning: Tuning) -> None:
    """What was learned, in words and two bars."""
    before, after = fmean(tuning.before), fmean(tuning.after)
    better = sum(new > old for old, new in zip(tuning.before, tuning.after, strict=True))
    worse = sum(new < old for old, new in zip(tuning.before, tuning.after, strict=True))
    console.print(
        f"Learned from {tuning.learned} paragraphs that link to another note. In {len(tuning.before)} others, which it"
        f" had not seen, the linked note now comes higher in [bold]{better}[/] and lower in [bold]{worse}[/]:"
    )
    most = max(before, after, 1e-9)
    for name, value in (("defaults", before), ("tuned", after)):
        console.print(Text.assemble(f"  {name:<9} ", ("█" * round(_BAR * value / most), "cyan"), f" {value:.3f}"))
    console.print(f"  nDCG@10, {(after - before) / max(before, 1e-9):+.0%}")
