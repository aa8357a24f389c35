"""`recall-lsp status`: what is indexed, embedded and skipped, and why.  It only reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from recall_lsp.commands.show import on_one_line
from recall_lsp.config import load_options
from recall_lsp.index.mend import is_kept
from recall_lsp.index.refusal import refusal
from recall_lsp.index.vault import open_vault

_MOST = 50


def run(folder: Path, json_out: bool) -> int:
    console = Console()
    why_not = refusal(folder)
    if why_not:
        console.print(f"[red]{why_not}[/]")
        return 2
    options, warnings = load_options(folder.resolve())
    vault = open_vault(folder.resolve(), options)
    while vault.refresh(1 << 30):
        pass
    status, kept = vault.status(), is_kept(vault.folder)
    if json_out:
        more = {"index": str(vault.folder), "kept": kept, "warnings": warnings}
        print(json.dumps(asdict(status) | more, ensure_ascii=False))
        return 0
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in (
        ("state", f"{status.state}: {status.message}"),
        ("kept", "an editor or a command keeps it up to date now" if kept else "by nobody now: open it in your editor"),
        ("notes", f"{status.notes:,}"),
        ("passages", f"{status.passages:,}, {status.embedded:,} embedded"),
        ("model", status.model),
        ("on disk", f"{status.size / 1e6:.1f} MB in {vault.folder}"),
    ):
        table.add_row(f"[bold]{name}[/]", value)
    console.print(table, highlight=False)
    for warning in warnings:
        console.print(f"[yellow]{warning}[/]")
    _list(console, "skipped", status.skipped)
    _list(console, "failed", status.failed)
    _list(console, "problems", status.problems)
    return 0


def _list(console: Console, name: str, rows: tuple[tuple[str, str], ...]) -> None:
    if rows:
        console.print(f"\n[bold]{name}[/] ({len(rows)})")
        for path, reason in rows[:_MOST]:
            console.print(f"  {escape(on_one_line(path))}  [dim]{escape(reason)}[/]", highlight=False)
        if len(rows) > _MOST:
            console.print(f"  … and {len(rows) - _MOST} more (--json lists all)")
