"""`recall-lsp graph`: the notes and their links as JSON, a neighbourhood as SVG, tags, orphans, what is linked most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from recall_lsp.commands.build import build
from recall_lsp.index.vault import Vault
from recall_lsp.links.network import as_svg, most_linked, network, orphans, tags_by_use

What = Literal["json", "svg", "tags", "orphans", "most-linked"]
MOST = 50


def run(folder: Path, what: What, note: str, steps: int) -> int:
    console = Console(stderr=True)
    vault = build(folder, console)
    if vault is None:
        return 2
    path = _path_of(vault, folder, note) if note else ""
    if path is None or (what == "svg" and not path):
        console.print(f"[red]No note is at {note!r} in this folder.[/]" if note else "[red]--note says whose.[/]")
        return 2
    print(_told(vault, what, path, steps), end="")
    return 0


def _told(vault: Vault, what: What, path: str, steps: int) -> str:
    if what == "svg":
        return as_svg(network(vault, path, steps), path)
    if what == "json":
        found = network(vault, path, steps)
        made: dict[str, Any] = {
            "notes": [{"path": path, "title": title} for path, title in found.notes.items()],
            "links": [{"from": one, "to": other} for one, other in found.links],
        }
        return json.dumps(made, ensure_ascii=False) + "\n"
    if what == "orphans":
        return "".join(f"{one}\n" for one in orphans(vault))
    counted = tags_by_use(vault) if what == "tags" else most_linked(vault, MOST)
    return "".join(f"{count}\t{name}\n" for name, count in counted)


def _path_of(vault: Vault, folder: Path, note: str) -> str | None:
    """A note's path in the vault, by that path, a file's or its title."""
    file, root = Path(note).resolve(), folder.resolve()
    inside = file.relative_to(root).as_posix() if file.is_file() and file.is_relative_to(root) else note
    if inside in vault.ids:
        return inside
    named = [entry.path for entry in vault.entries.values() if entry.title.casefold() == note.casefold()]
    return min(named) if named else None
