"""Plain information retrieval: public test collections, where no links help.

    python bench/ir.py IR FOLDER [--collections NAME ...] [--write]

IR holds collections in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv).  Each document becomes a note in
FOLDER, which is indexed once; each query is asked as the only paragraph of a new note.  nDCG@10 with the collection's
own grades.  BM25, MiniLM and RRF are ours of the same index, recall is what `recall-lsp related` answers with the
weights that were fitted on the vaults (never on these).  "known" are others' figures: for scifact those published for
BM25 (Anserini, BEIR) and for all-MiniLM-L6-v2 (MTEB); for the others, where none are published with this measure, those
of a prototype of plain BM25, MiniLM over 150-word passages, and their fusion.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from statistics import mean

from questions import alone, opened
from relevance import write_relevance

from recall_lsp.index.vault import Vault
from recall_lsp.recall.baselines import Ranking, by_meaning, by_words, full, fused
from recall_lsp.recall.query import make_query
from recall_lsp.recall.rank import default_weights

KNOWN = {
    "scifact": (0.679, 0.645, 0.715), "cranfield": (0.373, 0.403, 0.432),
    "npl-vaswani": (0.442, 0.437, 0.511), "cacm": (0.477, 0.415, 0.552),
}  # fmt: skip
"""nDCG@10 of BM25, MiniLM and RRF by others; RRF is the prototype's."""
SYSTEMS: Mapping[str, Ranking] = {
    "BM25": by_words, "MiniLM": by_meaning, "RRF": fused, "recall": full(default_weights())
}  # fmt: skip
_DEPTH = 10

Grades = Mapping[str, Mapping[str, int]]
"""{query: {document: grade}}"""


def lay_out(collection: Path, folder: Path) -> None:
    """Each document of the collection as a note `ID.md`, its title the heading."""
    folder.mkdir(parents=True, exist_ok=True)
    for document in _rows(collection / "corpus.jsonl"):
        note = folder / f"{document['_id']}.md"
        title = " ".join(document["title"].split())
        if not note.exists():
            note.write_text(
                f"# {title}\n\n{document['text'].strip()}\n" if title else document["text"], encoding="utf-8"
            )


def grades_of(collection: Path) -> Grades:
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with (collection / "qrels" / "test.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0:
                grades[row["query-id"]][row["corpus-id"]] = int(row["score"])
    return grades


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain with graded judgements (as trec_eval has it)."""
    gain = sum(grades.get(document, 0) / log2(rank + 2) for rank, document in enumerate(ranked[:_DEPTH]))
    best = sorted(grades.values(), reverse=True)[:_DEPTH]
    return gain / sum(grade / log2(rank + 2) for rank, grade in enumerate(best))


def measure(vault: Vault, queries: Mapping[str, str], grades: Grades) -> dict[str, float]:
    gains: dict[str, list[float]] = {name: [] for name in SYSTEMS}
    for number, judged in grades.items():
        moment = alone(queries[number])
        query = make_query(vault, moment)
        for name, rank in SYSTEMS.items():
            found = (vault.entries[note].path for note in rank(vault, moment, query))
            gains[name].append(ndcg([path.removesuffix(".md") for path in found], judged))
    return {name: mean(values) for name, values in gains.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def _report(table: Mapping[str, tuple[int, Mapping[str, float]]]) -> list[str]:
    lines = ["## Plain retrieval: nDCG@10", "", *(__doc__ or "").strip().splitlines()[2:], ""]
    lines += ["| collection | queries | " + " | ".join(SYSTEMS) + " | known: BM25 / MiniLM / RRF |"]
    lines += ["|---" * (len(SYSTEMS) + 3) + "|"]
    for name, (count, row) in table.items():
        known = " / ".join(f"{value:.3f}" for value in KNOWN[name]) if name in KNOWN else ""
        cells = " | ".join(f"{row[system]:.3f}" for system in SYSTEMS)
        lines.append(f"| {name} | {count} | {cells} | {known} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ir", type=Path)
    parser.add_argument("folder", type=Path, help="where the documents become notes; outside any vault")
    parser.add_argument("--collections", nargs="*", default=list(KNOWN))
    parser.add_argument("--write", action="store_true", help="write the section of RELEVANCE.md")
    args = parser.parse_args()
    table = {}
    for name in args.collections:
        collection, folder = args.ir / name, args.folder / name
        lay_out(collection, folder)
        vault = opened(folder)
        grades = grades_of(collection)
        queries = {row["_id"]: row["text"] for row in _rows(collection / "queries.jsonl")}
        table[name] = len(grades), measure(vault, queries, grades)
        print(name, table[name], flush=True)
        vault.close()
    lines = _report(table)
    print("\n".join(lines))
    if args.write:
        write_relevance("plain retrieval", lines)


if __name__ == "__main__":
    main()
