"""Vaults of few notes, cut out of the public ones: what somebody has who begins.

    python bench/few.py DATA FEW [--notes 30 100]

FEW becomes a folder with vaults/ and links/ like DATA.  Each vault there holds notes that people linked and those they
linked them from, whole pairs as they come by the questions' hashes, until there are enough; links that lead out of them
are no questions.  Collect with `questions.py FEW ... --others DATA`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from questions import vaults

VAULTS = (
    "obsidian-help-en", "obsidian-help-ja", "gasquez-handbook", "kmaasrud-brain", "dendron-site", "logseq-docs",
    "braindump-orgroam", "simplystats-jekyll", "yoshixi-zettelkasten",
)  # fmt: skip
"""Of the others too few notes are linked."""
Row = dict[str, Any]


def few_notes(rows: Sequence[Row], most: int) -> set[str]:
    """The first `most` notes of pairs that link, in an order that is by chance and always the same."""
    found: set[str] = set()
    for row in sorted(rows, key=lambda row: hashlib.sha1(row["id"].encode()).hexdigest()):
        pair = {row["source_note"], *row["gold"]}
        if row["core"] and len(found | pair) <= most:
            found |= pair
    return found


def within(rows: Sequence[Row], notes: set[str]) -> list[Row]:
    """The questions from these notes whose answers are among them."""
    asked = [row for row in rows if row["source_note"] in notes]
    kept = [
        {**row, **{key: [path for path in row[key] if path in notes] for key in ("gold", "prefix_gold")}}
        for row in asked
    ]
    return [row for row in kept if row["gold"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("few", type=Path)
    parser.add_argument("--notes", type=int, nargs="*", default=[30, 100])
    args = parser.parse_args()
    links = vaults(args.data)
    (args.few / "links").mkdir(parents=True, exist_ok=True)
    for name in VAULTS:
        rows = [json.loads(line) for line in links[name].read_text(encoding="utf-8").splitlines()]
        for most in args.notes:
            notes = few_notes(rows, most)
            folder = args.few / "vaults" / f"{name}-{most}"
            for path in sorted(notes):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(args.data / "vaults" / name / path, target)
            kept = within(rows, notes)
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
            (args.few / "links" / f"{name}-{most}.jsonl").write_text(text, encoding="utf-8")
            print(folder.name, len(notes), "notes", len(kept), "questions")


if __name__ == "__main__":
    main()
