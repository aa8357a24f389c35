"""The default model and the multilingual one, alone and together, on every vault.

    python bench/models.py DATA LINKBENCH [--vaults NAME ...] [--write]

Each vault is indexed with both (an index keeps the vectors of either).  nDCG@10 of linkbench's hidden questions: BM25
of whole notes, each model alone (a note by its best passage), the two by reciprocal rank fusion, and recall as a whole
with the one and with the other.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import mean

from questions import MODES, asked, load_linkbench, opened
from relevance import evaluate

from recall_lsp.recall.baselines import by_meaning, by_words, full
from recall_lsp.recall.rank import default_weights

REPORT = Path(__file__).parent / "MODELS.md"
MODELS = {"default": "MiniLM", "multilingual": "USE"}
_RRF = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("--vaults", nargs="*", default=[])
    parser.add_argument("--max", type=int, default=300)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    args = parser.parse_args()
    linkbench = load_linkbench(args.linkbench)
    links = {path.stem: path for path in sorted((args.data / "links").glob("*.jsonl")) if "." not in path.stem}
    table: dict[str, dict[str, float]] = {}
    for name in args.vaults or links:
        folder = args.data / "vaults" / name
        rows = asked(linkbench, folder, links[name], MODES[0], args.max)
        answers: dict[str, list[list[str]]] = {}
        for model, label in MODELS.items():
            vault = opened(folder, model)
            systems = {"BM25": by_words, label: by_meaning, f"recall, {label}": full(default_weights())}
            answers |= evaluate(vault, rows, systems)
            vault.close()
        pairs = zip(*(answers[label] for label in MODELS.values()), strict=True)
        answers["MiniLM + USE"] = [_fused(*pair) for pair in pairs]
        table[name] = {system: linkbench.score(rows, ranked)["ndcg@10"] for system, ranked in answers.items()}
        print(name, len(rows), table[name], flush=True)
    report = "\n".join(_report(table))
    print(report)
    if args.write:
        REPORT.write_text(report + "\n", encoding="utf-8")


def _fused(*rankings: list[str]) -> list[str]:
    total: dict[str, float] = {}
    for ranking in rankings:
        for rank, path in enumerate(ranking):
            total[path] = total.get(path, 0.0) + 1 / (_RRF + rank + 1)
    return sorted(total, key=lambda path: (-total[path], path))


def _report(table: dict[str, dict[str, float]]) -> list[str]:
    systems = ["BM25", "MiniLM", "USE", "MiniLM + USE", "recall, MiniLM", "recall, USE"]
    lines = ["# Two models", "", *(__doc__ or "").strip().splitlines()[2:], ""]
    lines += ["| vault | " + " | ".join(systems) + " |", "|---" * (len(systems) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{row[system]:.3f}" for system in systems) + " |" for name, row in table.items()
    ]
    means = (mean(row[system] for row in table.values()) for system in systems)
    return [*lines, "| **mean** | " + " | ".join(f"**{value:.3f}**" for value in means) + " |"]


if __name__ == "__main__":
    main()
