"""Bringing an index up to its folder from the terminal, with progress on standard error."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from time import sleep
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from recall_lsp.commands.show import progress_bars
from recall_lsp.config import layered, read_settings_file
from recall_lsp.index.keep import ForgottenError, keep
from recall_lsp.index.places import cache_dir
from recall_lsp.index.refusal import refusal
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.watch import Settled
from recall_lsp.recall.rank import unfit

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
_STAGES = {"reading": "Reading notes", "compiling": "Compiling the model (once)", "embedding": "Embedding passages"}


def build(folder: Path, console: Console, settings: Mapping[str, Any] = NO_SETTINGS) -> Vault | None:
    """The vault with its index up to date; None, with the reason said, when the folder cannot be one."""
    why_not = refusal(folder)
    if why_not:
        console.print(f"[red]{why_not}[/]")
        return None
    root = folder.resolve()
    known, broken = read_settings_file(root)
    if known is None:
        console.print(f"[red]{escape(broken[0])} Mend it first: it may tell what is private.[/]")
        return None
    options, warnings = layered(known, settings)  # the keeper tells the warnings, unless it is another process
    with progress_bars(console) as progress:
        bars = _Bars(progress)
        stop = threading.Event()

        def report(event: Mapping[str, Any]) -> None:
            bars.show(event)
            if event["event"] == "waiting":
                stop.set()

        try:
            keep(root, settings, report, Settled(), stop, once=True)
        except (OSError, sqlite3.Error) as error:
            console.print(f"[red]{escape(_unwritten(error))}[/]", highlight=False)
            return None
        vault = open_vault(root, options)
        if stop.is_set():
            for warning in warnings:
                progress.console.print(f"[yellow]{escape(warning)}[/]")
            _follow(vault, bars)
    while vault.refresh(1 << 30):
        pass
    if problem := unfit(vault.tuned, vault.model_id):
        console.print(f"[yellow]{escape(problem)}[/]", highlight=False)
    return vault


def _unwritten(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, ForgottenError):
        return str(error)
    why = getattr(error, "strerror", None) or str(error)
    return (
        f"The index cannot be written to {cache_dir()}: {why}. Make room or give the right to write there, or name"
        " another folder in RECALL_CACHE_DIR; `recall-lsp doctor` tells more."
    )


class _Bars:
    """A bar for each stage, made when its first event comes."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, Any] = {}

    def show(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "problem":
            self._progress.console.print(f"[yellow]{escape(event['message'])}[/]", highlight=False)
        elif event["event"] == "progress":
            self.update(event["stage"], event["done"], event["total"])

    def update(self, stage: str, done: int, total: int) -> None:
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(_STAGES[stage], total=total)
        # A bar that only spins: how long compiling takes is not known.
        total_now = None if stage == "compiling" and not done else total
        self._progress.update(self._bars[stage], completed=done, total=total_now)


def _follow(vault: Vault, bars: _Bars) -> None:
    """Another process (an editor's) keeps this folder: wait until it is done."""
    while True:
        vault.refresh(1 << 30)
        status = vault.status()
        if status.state == "ready":
            return
        bars.update("embedding", status.embedded, status.passages)
        sleep(0.3)
