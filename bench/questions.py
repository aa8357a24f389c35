"""Questions to recall from a real vault, each with the features of its candidates: what `fit.py` learns from.

The questions are linkbench's: a person linked a note from a paragraph, the link is taken out, the note should
come up.  Beside them, paragraphs from other vaults, for which nothing should come up.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recall_lsp.config import Options
from recall_lsp.index.tuned import UNTUNED
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import make_query
from recall_lsp.recall.retrieve import retrieve

MODES = ("hidden", "prefix", "anchor")


@dataclass(frozen=True, slots=True)
class Question:
    """`features` [n, features] of the candidates, `gold` [n] which of them were linked; `golds` counts all linked
    notes, found or not."""

    features: NDArray[np.float32]
    gold: NDArray[np.bool_]
    golds: int


def subject(vault: str) -> str:
    """What a vault is about: the documentation of one note tool is no stranger to that of another."""
    return "note tools" if vault.startswith(("obsidian-help", "dendron", "foam", "logseq")) else vault


def load_linkbench(path: Path) -> ModuleType:
    loader = SourceFileLoader("linkbench", str(path))
    spec = spec_from_loader("linkbench", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def opened(folder: Path, model: str = "default") -> Vault:
    """The vault, fully followed, as if never tuned; its index must have been made by `recall-lsp index`."""
    vault = open_vault(folder.resolve(), Options(model=model))
    while vault.refresh(1 << 30):
        pass
    if not vault.entries or vault.matrix is None or vault.lexical is None:
        raise SystemExit(f"{folder}: no index; run `recall-lsp index` on it first")
    vault.tuned = UNTUNED
    return vault


def asked(linkbench: ModuleType, folder: Path, links: Path, mode: str, most: int) -> list[dict[str, Any]]:
    """linkbench's own questions, with "request" and "gold"."""
    args = argparse.Namespace(vault=folder, links=links, mode=mode, max=most, all=False)
    return [question for question in linkbench.questions(args) if question]


def questions(vault: Vault, rows: list[dict[str, Any]]) -> Iterator[Question]:
    for row in rows:
        request = row["request"]
        features, notes = candidates(vault, request["path"], request["text"], request["line"], request["character"])
        gold = np.array([vault.entries[note].path in row["gold"] for note in notes], bool)
        yield Question(features, gold, len(row["gold"]))


def strangers(vault: Vault, rows: list[dict[str, Any]]) -> Iterator[Question]:
    """Another vault's notes, as if they were being written into a new file of this one."""
    for row in rows:
        request = row["request"]
        features, notes = candidates(vault, "new note.md", request["text"], request["line"], request["character"])
        yield Question(features, np.zeros(len(notes), bool), 0)


def candidates(vault: Vault, path: str, text: str, line: int, character: int) -> tuple[NDArray[np.float32], list[int]]:
    offset = sum(len(row) + 1 for row in text.split("\n")[:line]) + character
    moment = moment_at(read_text(path, text), text, offset)
    query = make_query(vault, moment)
    found = retrieve(vault, moment, query)
    return found.features, found.notes.tolist()


def save(path: Path, found: list[Question]) -> None:
    sizes = np.array([len(question.gold) for question in found])
    golds = np.array([question.golds for question in found])
    features = np.concatenate([question.features for question in found]) if found else np.zeros((0, 0), np.float32)
    gold = np.concatenate([question.gold for question in found]) if found else np.zeros(0, bool)
    np.savez_compressed(path, sizes=sizes, golds=golds, features=features, gold=gold)


def load(path: Path) -> list[Question]:
    table = np.load(path)
    ends = np.cumsum(table["sizes"])
    features, gold = table["features"], table["gold"]
    return [
        Question(features[end - size : end], gold[end - size : end], int(golds))
        for size, end, golds in zip(table["sizes"], ends, table["golds"], strict=True)
    ]


def main() -> None:
    """Collect the questions of every vault under DATA into OUT."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--max", type=int, default=300)
    parser.add_argument("--vaults", nargs="*", default=[])
    parser.add_argument("--modes", nargs="*", default=list(MODES))
    args = parser.parse_args()
    linkbench = load_linkbench(args.linkbench)
    links = {path.stem: path for path in sorted((args.data / "links").glob("*.jsonl")) if "." not in path.stem}
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.vaults or links:
        vault = opened(args.data / "vaults" / name)
        for mode in args.modes:
            rows = asked(linkbench, args.data / "vaults" / name, links[name], mode, args.max)
            save(args.out / f"{name}.{mode}.npz", list(questions(vault, rows)))
            print(json.dumps({"vault": name, "mode": mode, "questions": len(rows)}), flush=True)
        others = [
            row
            for other in links
            if subject(other) != subject(name)
            for row in asked(linkbench, args.data / "vaults" / other, links[other], "prefix", 8)
        ]
        save(args.out / f"{name}.strangers.npz", list(strangers(vault, others)))
        vault.close()


if __name__ == "__main__":
    main()
