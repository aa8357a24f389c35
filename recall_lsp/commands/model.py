"""`recall-lsp model get`: fetch a model from the hub and compile it.  The one command that uses the network."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from recall_lsp.index.compiled import find_source, run_compile
from recall_lsp.index.fetch import run_fetch


def get(name: str) -> int:
    console = Console()
    if find_source(name) is None:
        console.print(f"Fetching {escape(name)} from the Hugging Face hub …", highlight=False)
        error = run_fetch(name)
        if error:
            console.print(f"[red]{escape(error)}[/]", highlight=False)
            return 1
    console.print("Compiling it …")
    result = run_compile(name, [])
    if result.error:
        console.print(f"[red]{escape(result.error)}[/]", highlight=False)
        return 1
    console.print(f"[green]✓[/] It is here. In recall.toml:  model = {escape(repr(name))}", highlight=False)
    return 0
