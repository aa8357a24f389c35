"""`recall-lsp forget`: remove a folder's index, and with --learned what was learned there.  The notes stay."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from recall_lsp.index.feedback import feedback_path
from recall_lsp.index.places import index_dir
from recall_lsp.index.purge import forget
from recall_lsp.index.tuned import remove_tuned, tuned_path


def run(folder: Path, learned: bool, yes: bool) -> int:
    """The folder need not be there any more."""
    console = Console()
    places = [
        place
        for place in (index_dir(folder), *([feedback_path(folder), tuned_path(folder)] if learned else []))
        if place.exists()
    ]
    if not places:
        console.print(f"There is no index of {folder}.", highlight=False)
        return 1
    for place in places:
        console.print(f"To be removed: {place}", highlight=False)
    if not yes and not typer.confirm("Your notes stay as they are. Remove it?"):
        return 1
    try:
        forget(folder)
        if learned:
            feedback_path(folder).unlink(missing_ok=True)
            remove_tuned(tuned_path(folder))
    except OSError as error:
        console.print(f"[red]It cannot be removed: {error}. Close the editors that have this folder open.[/]")
        return 2
    console.print("Removed. An editor that has this folder open recalls nothing until it opens it again.")
    return 0
