"""How long do links, names and refactorings take?  Over standard input and output, on a vault that is indexed already.

    python bench/navigation.py VAULT [--notes 40]

The index of the user's own cache (RECALL_CACHE_DIR) is used as it is; nothing is written into the vault: edits are
asked for and not made.  Each method is asked at random links of random notes, each note open; the baseline, in the
same run, is the hover card on the same link.  Rename is asked for the note with the most backlinks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from stdio_client import Client, GoneError, serve

from recall_lsp.config import load_options
from recall_lsp.index.places import cache_dir
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.lsp.documents import Document
from recall_lsp.notes.read import decode, read_text

TARGET = 0.020
RENAME_TARGET = 0.5
BASELINE = "hover"
METHODS = (
    BASELINE, "definition", "references", "documentHighlight", "documentLink", "documentSymbol", "foldingRange",
    "selectionRange", "prepareRename", "diagnostic", "codeAction",
)  # fmt: skip
SYMBOLS = ("graph", "learn", "the", "proof", "set th", "#math", "nonsensical")
EDITS = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename"]},
        "fileOperations": {"willRename": True},
    },
    "textDocument": {"hover": {"contentFormat": ["markdown"]}, "diagnostic": {}},
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A link in an open note."""

    uri: str
    position: Mapping[str, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--notes", type=int, default=40)
    given = parser.parse_args()
    root = given.vault.resolve()
    vault = open_vault(root, load_options(root, {"model": "none"})[0])
    while vault.refresh():
        pass
    if not vault.ids:
        print("this vault is not indexed: run recall-lsp index on it first", file=sys.stderr)
        return 2
    console = Console()
    try:
        times = asyncio.run(measure(vault, root, given.notes))
    except GoneError as error:
        console.print(f"[red]{error}[/]")
        return 1
    show(console, times, len(vault.ids))
    return 0


async def measure(vault: Vault, root: Path, count: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    async with serve(root, cache_dir(), {"model": "none"}, EDITS) as client:
        await client.idle(600)
        spots = await opened(client, vault, root, count)
        for method in METHODS:
            for spot in spots:
                found.setdefault(method, []).append(await ask(client, method, spot))
        for query in SYMBOLS:
            _, seconds = await client.request("workspace/symbol", {"query": query})
            found.setdefault("workspace/symbol", []).append(seconds)
        path = max(vault.ids, key=lambda path: len(vault.graph.backlinks(vault.ids[path])))
        links = len(vault.graph.backlinks(vault.ids[path]))
        new = (root / path).with_name("A name that no note had.md").as_uri()
        files = {"files": [{"oldUri": (root / path).as_uri(), "newUri": new}]}
        for _ in range(5):
            answer, seconds = await client.request("workspace/willRenameFiles", files)
            found.setdefault(f"willRenameFiles, {links} backlinks, {len(answer['documentChanges'])} files", []).append(
                seconds
            )
    return found


async def opened(client: Client, vault: Vault, root: Path, count: int) -> list[Spot]:
    """One link each of so many notes, which are opened."""
    chance = random.Random(3)
    spots: list[Spot] = []
    for path in chance.sample(sorted(vault.ids), len(vault.ids)):
        text = decode((root / path).read_bytes()) or ""
        links = read_text(path, text).links
        if len(spots) == count:
            break
        if links and vault.resolve(links[0], path):
            uri = (root / path).as_uri()
            item = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": item})
            place = Document(uri, text, 0, "utf-16").snapshot().position(chance.choice(links).span.start + 2)
            spots.append(Spot(uri, {"line": place.line, "character": place.character}))
    return spots


async def ask(client: Client, method: str, spot: Spot) -> float:
    params: dict[str, Any] = {"textDocument": {"uri": spot.uri}, "position": spot.position}
    match method:
        case "references":
            params["context"] = {"includeDeclaration": True}
        case "selectionRange":
            params["positions"] = [spot.position]
        case "codeAction":
            params |= {"range": {"start": spot.position, "end": spot.position}, "context": {"diagnostics": []}}
    _, seconds = await client.request(f"textDocument/{method}", params)
    return seconds


def show(console: Console, times: Mapping[str, Sequence[float]], notes: int) -> None:
    table = Table(title=f"Links and names on {notes:,} notes, {os.cpu_count()} cores", title_justify="left")
    for column in ("method", "n", "p50 ms", "p95 ms", f"p95 / p95 of {BASELINE}", "target ms", ""):
        table.add_column(column, justify="left" if column in ("method", "") else "right")
    baseline = float(np.quantile(times[BASELINE], 0.95))
    for method, taken in times.items():
        middle, high = (float(np.quantile(taken, share)) for share in (0.5, 0.95))
        target = RENAME_TARGET if "Rename" in method and "prepare" not in method else TARGET
        met = "met" if high <= target else "MISSED"
        figures = (f"{middle * 1e3:.1f}", f"{high * 1e3:.1f}", f"{high / baseline:.2f}", f"{target * 1e3:.0f}", met)
        table.add_row(method, str(len(taken)), *figures)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
