"""Questions to recall from a real vault, each with the features of its candidates: what `fit.py` learns from.

The questions are linkbench's: a person linked a note from a paragraph, the link is taken out, the note should
come up; and the same paragraphs below what stands before a paragraph of another note (`mixed`), as in a note about two
things.  Beside them, texts for which nothing should come up: other vaults' paragraphs, code and filler, each alone in
a new note, and (`planted`) in the place of a question's paragraph, among the links of a note of this vault.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import cycle
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from recall_lsp.commands.build import build
from recall_lsp.index.tuned import UNTUNED
from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.features import NONE
from recall_lsp.recall.model import Moment
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import make_query
from recall_lsp.recall.retrieve import retrieve
from recall_lsp.recall.strangers import lorem

MODES = ("hidden", "prefix", "anchor")
_FROM_EACH = 20
_FILLER = 20
_CODE_LINES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """`features` [n, features] and `evidence` [n, clues] of the candidates, `gold` [n] which of them were linked;
    `golds` counts all linked notes, found or not; `told` whether meaning told anything; `source` is where it is from:
    the mode, "mixed", another vault, "code" or "filler"."""

    features: NDArray[np.float32]
    evidence: NDArray[np.float32]
    gold: NDArray[np.bool_]
    golds: int
    told: bool
    source: str


def whole(vault: str) -> str:
    """The vault that one of few notes (`few.py`) was cut out of."""
    return re.sub(r"-\d+$", "", vault)


def subject(vault: str) -> str:
    """What a vault is about: the documentation of one note tool is no stranger to that of another."""
    return "note tools" if vault.startswith(("obsidian-help", "dendron", "foam", "logseq")) else whole(vault)


def load_linkbench(path: Path) -> ModuleType:
    loader = SourceFileLoader("linkbench", str(path))
    spec = spec_from_loader("linkbench", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def opened(folder: Path, model: str = "default") -> Vault:
    """The vault with this model, whatever its settings say, as if never tuned; its index is brought up to date."""
    vault = build(folder, Console(stderr=True), {"model": model})
    if vault is None:
        raise SystemExit(1)
    vault.tuned = UNTUNED
    return vault


def asked(linkbench: ModuleType, folder: Path, links: Path, mode: str, most: int) -> list[dict[str, Any]]:
    """linkbench's own questions, with "request" and "gold"."""
    args = argparse.Namespace(vault=folder, links=links, mode=mode, max=most, all=False)
    return [question for question in linkbench.questions(args) if question]


def questions(vault: Vault, rows: list[dict[str, Any]], mode: str, new: bool = False) -> Iterator[Question]:
    """The questions as they are, or (`new`) with the paragraph alone in a new note, without its links."""
    for row in rows:
        moment = moment_of(row["request"])
        if new:
            moment = alone(moment.paragraph)
        yield ask(vault, moment, mode, row["gold"])


def moment_of(request: dict[str, Any]) -> Moment:
    text = request["text"]
    offset = sum(len(row) + 1 for row in text.split("\n")[: request["line"]]) + request["character"]
    return moment_at(read_text(request["path"], text), text, offset)


def alone(paragraph: str) -> Moment:
    return moment_at(read_text("a new note.md", paragraph), paragraph, len(paragraph))


def planted(row: dict[str, Any], paragraph: str) -> Moment:
    """Another paragraph in the place of a question's own."""
    request, words = row["request"], " ".join(paragraph.split())
    lines = request["text"].split("\n")
    lines[request["line"]] = words
    return moment_of({**request, "text": "\n".join(lines), "character": len(words)})


def mixed(vault: Vault, rows: list[dict[str, Any]]) -> Iterator[Question]:
    """Each question's paragraph below the beginning of another note, which is no candidate then: it was written by
    heart."""
    for at, row in enumerate(rows):
        others = (some for some in rows[at + 1 :] + rows[:at] if some["source"] != row["source"])
        other = next((some for some in others if not some["gold"] & row["gold"]), None)
        if other is not None:
            yield ask(vault, below(row, other), "mixed", row["gold"], other["source"])


def below(row: dict[str, Any], other: dict[str, Any]) -> Moment:
    """The paragraph of a question up to its cursor, below what another question's note says up to its own paragraph."""
    request, before = row["request"], other["request"]
    lines = before["text"].split("\n")[: before["line"] + 1]
    words = request["text"].split("\n")[request["line"]][: request["character"]]
    return moment_of(
        {**request, "text": "\n".join([*lines, "", words]), "line": len(lines) + 1, "character": len(words)}
    )


def ask(vault: Vault, moment: Moment, source: str, gold: Collection[str] = (), without: str = "") -> Question:
    """The question as the vault finds it now; the note at the path `without` is no candidate."""
    query = make_query(vault, moment)
    found = retrieve(vault, moment, query)
    paths = [vault.entries[note].path for note in found.notes.tolist()]
    kept = np.array([path != without for path in paths], bool)
    linked = np.array([path in gold for path in paths], bool)
    told = query.knows_language and bool((found.by_meaning != NONE).any())
    return Question(found.features[kept], found.evidence[kept], linked[kept], len(gold), told, source)


def strangers(linkbench: ModuleType, data: Path, name: str) -> list[tuple[str, str]]:
    """(where it is from, paragraph) of texts that have nothing to do with the vault `name`."""
    texts = [("filler", text) for text in lorem(_FILLER)] + [("code", text) for text in code()]
    for other, path in vaults(data).items():
        if subject(other) != subject(name):
            rows = asked(linkbench, data / "vaults" / other, path, "prefix", _FROM_EACH)
            texts += [(other, moment_of(row["request"]).paragraph) for row in rows]
    return texts


def code() -> list[str]:
    """Some lines of each of our own files, as someone pastes them without marking them as code."""
    package = Path(__file__).parent.parent / "recall_lsp"
    found = []
    for file in sorted(package.rglob("*.py"))[::6]:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if len(lines) > 3 * _CODE_LINES:
            found.append("\n".join(lines[-_CODE_LINES:]))
    return found


def vaults(data: Path) -> dict[str, Path]:
    """The links of every vault by its name."""
    return {path.stem: path for path in sorted((data / "links").glob("*.jsonl")) if "." not in path.stem}


def save(path: Path, found: list[Question]) -> None:
    def stacked(tables: list[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(tables) if tables else np.zeros(0)

    np.savez_compressed(
        path,
        sizes=np.array([len(question.gold) for question in found], int),
        golds=np.array([question.golds for question in found], int),
        told=np.array([question.told for question in found], bool),
        source=np.array([question.source for question in found], str),
        gold=stacked([question.gold for question in found]),
        features=stacked([question.features for question in found]),
        evidence=stacked([question.evidence for question in found]),
    )


def load(path: Path) -> list[Question]:
    table = np.load(path)
    features, evidence, gold = table["features"], table["evidence"], table["gold"]
    ends = np.cumsum(table["sizes"])
    parts = [slice(end - size, end) for size, end in zip(table["sizes"], ends, strict=True)]
    rest = zip(table["golds"].tolist(), table["told"].tolist(), table["source"].tolist(), strict=True)
    return [
        Question(features[part], evidence[part], gold[part], golds, told, source)
        for part, (golds, told, source) in zip(parts, rest, strict=True)
    ]


def main() -> None:
    """Collect the questions of every vault under DATA into OUT; those that are there already stay."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--max", type=int, default=300)
    parser.add_argument("--vaults", nargs="*", default=[])
    parser.add_argument("--others", type=Path, help="where other vaults' paragraphs are from, if not DATA")
    args = parser.parse_args()
    linkbench = load_linkbench(args.linkbench)
    links = vaults(args.data)
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.vaults or links:
        if (args.out / f"{name}.{MODES[-1]}.npz").exists():
            continue
        vault = opened(args.data / "vaults" / name)
        found: dict[str, list[Question]] = {"mixed": []}
        for mode in MODES:
            rows = asked(linkbench, args.data / "vaults" / name, links[name], mode, args.max)
            found[mode] = list(questions(vault, rows, mode))
            if mode != "prefix":
                found["mixed"] += mixed(vault, rows)
            if mode == "hidden":
                found["new"] = list(questions(vault, rows[::2], mode, new=True))
                texts = strangers(linkbench, args.others or args.data, name)
                found["strangers"] = [ask(vault, alone(text), source) for source, text in texts]
                places = zip(texts[::3], cycle(rows)) if rows else ()
                found["planted"] = [ask(vault, planted(row, text), source) for (source, text), row in places]
        for kind, some in found.items():
            save(args.out / f"{name}.{kind}.npz", some)
        print(json.dumps({"vault": name} | {kind: len(some) for kind, some in found.items()}), flush=True)
        vault.close()


if __name__ == "__main__":
    main()
