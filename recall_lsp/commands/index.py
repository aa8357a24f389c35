"""`recall-lsp index`: build the index, show recall at work, say how to set up an editor."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from recall_lsp.commands.build import build
from recall_lsp.commands.related import recall_text
from recall_lsp.commands.show import show_hits
from recall_lsp.index import multilingual
from recall_lsp.index.choose import AUTO
from recall_lsp.index.rows import Entry
from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.model import Hit
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.related import related

_SAMPLE_TEXT = (
    "I answered him at midnight and was sorry by breakfast. An angry letter should lie in a drawer until morning."
)
_SHOWN = 3
_LEAST_LETTERS = 120


def run(folder: Path | None, text: str) -> int:
    console = Console()
    sample = folder is None
    root = Path(str(files("recall_lsp") / "sample")) if folder is None else folder
    vault = build(root, console)
    if vault is None:
        return 2
    if not vault.entries:
        console.print("There are no notes here yet: name a folder with Markdown, org or text files.")
        return 1
    _say_counts(console, vault, sample)
    _show_recall(console, vault, text or (_SAMPLE_TEXT if sample else ""))
    _say_editor(console, root.resolve())
    return 0


def _say_counts(console: Console, vault: Vault, sample: bool) -> None:
    status = vault.status()
    what = "the sample vault" if sample else str(vault.root)
    notes = f"[bold]{status.notes:,}[/] note{'s' * (status.notes != 1)}"
    passages = f"{status.passages:,} passage{'s' * (status.passages != 1)}"
    console.print(
        f"[green]✓[/] {notes} of {what}: {passages}, {status.embedded:,} of them by meaning too."
        f" {status.size / 1e6:.1f} MB on disk.",
        highlight=False,
    )
    if vault.model == multilingual.NAME and vault.options.model == AUTO:
        console.print("  Many notes are not in English, so the multilingual model reads them.", style="dim")
    ask = f'`recall-lsp status "{vault.root}"`'
    if status.skipped:
        console.print(f"  Files skipped: {len(status.skipped)}; {ask} says why.", style="dim", highlight=False)
    if status.failed:
        console.print(
            f"  Files that cannot be read: {len(status.failed)}; {ask} says why.", style="yellow", highlight=False
        )
    if status.problems:
        console.print(f"  Problems in notes: {len(status.problems)}; {ask} lists them.", style="dim", highlight=False)


def _show_recall(console: Console, vault: Vault, text: str) -> None:
    if text:
        where, shown, hits = "", text, recall_text(vault, text, _SHOWN, 0.0)
    else:
        where, shown, hits = _newest_that_recalls(vault)
    if not shown:
        console.print("Nothing from before is near to what you wrote last. It comes while you write.", style="dim")
        return
    title = f"while you write in {escape(where)}" if where else "while you write"
    console.print(Panel(Text(shown), title=title, title_align="left", border_style="dim", padding=(0, 1)))
    show_hits(console, hits, date.today())


def _newest_that_recalls(vault: Vault) -> tuple[str, str, tuple[Hit, ...]]:
    """The title of one of the notes written last, a paragraph of it, and the past notes that belong to that."""

    def age(entry: Entry) -> tuple[int, int, str]:
        written = vault.date_of(entry)
        return -written.toordinal() if written else 0, -entry.modified, entry.path

    newest = sorted(vault.entries.values(), key=age)
    for entry in newest[:20]:
        for row in vault.passages_of(entry.id):
            passage = row.passage
            if len(passage.text) < _LEAST_LETTERS:
                continue
            source = (vault.root / entry.path).read_text(encoding="utf-8", errors="replace")
            moment = moment_at(read_text(entry.path, source), source, passage.span.end)
            hits = related(vault, moment, _SHOWN, vault.options.quiet)
            if hits:
                return entry.title, moment.paragraph, hits
    return "", "", ()


def _say_editor(console: Console, root: Path) -> None:
    console.print("[bold]In your editor[/], the language server is this command:")
    console.print(f"  {_program()} serve", style="cyan", highlight=False, soft_wrap=True)
    console.print("[dim]Set-up for Neovim, VS Code, Emacs and Helix is in the README. More to try:[/]")
    console.print(f'  {_program()} related "{root}" "what you are writing"', highlight=False, soft_wrap=True)


def _program() -> str:
    beside = Path(sys.executable).with_name("recall-lsp")
    return str(beside) if beside.exists() else shutil.which("recall-lsp") or f"{sys.executable} -m recall_lsp"
