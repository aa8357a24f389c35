"""How long do links, names and refactorings take?  Over standard input and output, on a vault that is indexed already.

    python bench/navigation.py VAULT [--notes 40] [--no-rename]

The index of the user's own cache (RECALL_CACHE_DIR) is used as it is; nothing is written into the vault: edits are
asked for and not made.  Each method is asked at random links of random notes, each note open; the baseline, in the
same run, is the hover card on the same link.  Code actions are asked for as an editor does when the cursor moves, and
by hand, which brings the related notes along; `related` is what they cost by themselves.

Renaming is measured on a copy of the vault in a temporary folder, with 500 more notes that link to one of its notes.
It is indexed there first, by words alone, which takes a minute for 13,000 notes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
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
    BASELINE, "definition", "typeDefinition", "references", "documentHighlight", "documentLink", "documentSymbol",
    "foldingRange", "selectionRange", "prepareRename", "inlayHint", "semanticTokens/full", "codeLens", "diagnostic",
    "codeAction", "codeAction by hand",
)  # fmt: skip
RELATED = "recall/related"
WORKSPACE_PULLS = 5
AHEAD = 8.0
"""Seconds in which a server that has just started reads ahead what notes cite and are called."""
COMPLETIONS = {
    "[[": "[[",
    "[[ with letters": "[[{name}",
    "#": "#{tag}",
    "[[note#": "[[{stem}#",
    "[[note^": "[[{stem}#^",
    "](": "[x]({name}",
}
"""By what is typed, on a new line at the end of the note; in the order in which a writer types it."""
LINKING = 500
NO_TARGET = ("workspace/diagnostic at first",)
"""It reads the whole vault, and other requests come in between."""
SYMBOLS = ("graph", "learn", "the", "proof", "set th", "#math", "nonsensical")
EDITS = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename"]},
        "fileOperations": {"willRename": True},
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "diagnostic": {},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    },
}
SETTINGS = {"model": "none", "semantic_tokens": True}


@dataclass(frozen=True, slots=True)
class Spot:
    """A link in an open note, whose text ends on the line `last`; `name` is of the note that it leads to."""

    uri: str
    position: Mapping[str, int]
    last: int
    name: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--notes", type=int, default=40)
    parser.add_argument("--no-rename", action="store_true")
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
        if not given.no_rename:
            times |= asyncio.run(renaming(root, max(vault.ids, key=lambda path: len(backlinks(vault, path)))))
    except GoneError as error:
        console.print(f"[red]{error}[/]")
        return 1
    show(console, times, len(vault.ids))
    return 0


def backlinks(vault: Vault, path: str) -> frozenset[int]:
    return vault.graph.backlinks(vault.ids[path])


async def measure(vault: Vault, root: Path, count: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    async with serve(root, cache_dir(), SETTINGS, EDITS) as client:
        await client.idle(600)
        await asyncio.sleep(AHEAD)
        spots = await opened(client, vault, root, count)
        for method in METHODS:
            for spot in spots:
                found.setdefault(method, []).append(await ask(client, method, spot))
        for query in SYMBOLS:
            _, seconds = await client.request("workspace/symbol", {"query": query})
            found.setdefault("workspace/symbol", []).append(seconds)
        for spot in spots:  # at the note's end, where nothing was asked yet
            end = {"line": spot.last, "character": 0}
            _, seconds = await client.request(RELATED, {"textDocument": {"uri": spot.uri}, "position": end})
            found.setdefault(RELATED, []).append(seconds)
        tags = sorted(vault.tally.tagged)
        for spot in spots:
            for kind, pattern in COMPLETIONS.items():
                tag = tags[len(spot.name) % len(tags)][:2] if tags else ""
                typed = pattern.format(name=spot.name[:3], stem=spot.name, tag=tag)
                found.setdefault(f"completion {kind}", []).append(await complete(client, spot, typed))
    async with serve(root, cache_dir(), SETTINGS | {"workspace_diagnostics": True}, EDITS) as client:
        await client.idle(600)
        await asyncio.sleep(AHEAD)
        known: list[dict[str, str]] = []
        for pull in range(WORKSPACE_PULLS):
            answer, seconds = await client.request("workspace/diagnostic", {"previousResultIds": known})
            known = [{"uri": one["uri"], "value": one["resultId"]} for one in answer["items"]] or known
            found.setdefault("workspace/diagnostic " + ("again" if pull else "at first"), []).append(seconds)
    return found


async def complete(client: Client, spot: Spot, typed: str) -> float:
    """Seconds for a completion after so much was typed on the last line, which is then as it was."""
    place = {"line": spot.last, "character": 0}
    await change(client, spot, place, place, typed)
    end = {"line": spot.last, "character": len(typed)}
    _, seconds = await client.request(
        "textDocument/completion", {"textDocument": {"uri": spot.uri}, "position": end, "context": {"triggerKind": 1}}
    )
    await change(client, spot, place, end, "")
    return seconds


async def change(client: Client, spot: Spot, start: Mapping[str, int], end: Mapping[str, int], text: str) -> None:
    changes = [{"range": {"start": start, "end": end}, "text": text}]
    client.notify(
        "textDocument/didChange", {"textDocument": {"uri": spot.uri, "version": 2}, "contentChanges": changes}
    )


async def renaming(root: Path, path: str) -> dict[str, list[float]]:
    """Times of renaming the note at `path` in a copy of the vault, once so many notes more link to it."""
    with tempfile.TemporaryDirectory() as folder:
        copy, cache = Path(folder) / "vault", Path(folder) / "cache"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git"))
        cache.mkdir()
        name = path.rpartition("/")[2].rpartition(".")[0]
        (copy / "linking").mkdir()
        for number in range(LINKING):
            text = f"# Linking {number}\n\nWords before [[{name}]] and [a path](<../{path}>), then some after.\n"
            (copy / f"linking/{number}.md").write_text(text, encoding="utf-8")
        async with serve(copy, cache, {"model": "none"}, EDITS) as client:
            await client.idle(900)
            new = (copy / path).with_name("A name that no note had.md").as_uri()
            files = {"files": [{"oldUri": (copy / path).as_uri(), "newUri": new}]}
            found: dict[str, list[float]] = {}
            for _ in range(9):
                answer, seconds = await client.request("workspace/willRenameFiles", files)
                changed = len(answer["documentChanges"])
                found.setdefault(f"willRenameFiles, {changed} notes change", []).append(seconds)
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
            text += "" if text.endswith("\n") else "\n"
            item = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": item})
            snapshot, link = Document(uri, text, 0, "utf-16").snapshot(), chance.choice(links)
            place, last = snapshot.position(link.span.start + 2), len(snapshot.starts) - 1
            name = link.target.rpartition("/")[2] or "the"
            spots.append(Spot(uri, {"line": place.line, "character": place.character}, last, name))
    return spots


async def ask(client: Client, method: str, spot: Spot) -> float:
    params: dict[str, Any] = {"textDocument": {"uri": spot.uri}, "position": spot.position}
    place = {"start": spot.position, "end": spot.position}
    match method:
        case "references":
            params["context"] = {"includeDeclaration": True}
        case "selectionRange":
            params["positions"] = [spot.position]
        case "inlayHint":
            params["range"] = {"start": {"line": 0, "character": 0}, "end": {"line": spot.last, "character": 0}}
        case "codeAction" | "codeAction by hand":
            by_hand = method.endswith("by hand")
            params |= {"range": place, "context": {"diagnostics": [], "triggerKind": 1 if by_hand else 2}}
    _, seconds = await client.request(f"textDocument/{method.partition(' ')[0]}", params)
    return seconds


def show(console: Console, times: Mapping[str, Sequence[float]], notes: int) -> None:
    table = Table(title=f"Links and names on {notes:,} notes, {os.cpu_count()} cores", title_justify="left")
    for column in ("method", "n", "p50 ms", "p95 ms", f"p95 / p95 of {BASELINE}", "target ms", ""):
        table.add_column(column, justify="left" if column in ("method", "") else "right")
    baseline = float(np.quantile(times[BASELINE], 0.95))
    for method, taken in times.items():
        middle, high = (float(np.quantile(taken, share)) for share in (0.5, 0.95))
        target = RENAME_TARGET if method.startswith("willRename") else TARGET
        met, wanted = ("met" if high <= target else "MISSED"), f"{target * 1e3:.0f}"
        if method in NO_TARGET:
            met = wanted = ""
        figures = (f"{middle * 1e3:.1f}", f"{high * 1e3:.1f}", f"{high / baseline:.2f}", wanted, met)
        table.add_row(method, str(len(taken)), *figures)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
