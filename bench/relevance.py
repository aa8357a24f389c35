"""Does the right past note come up?  Every vault, every mode, ours beside what it is made of, in one run.

    python bench/relevance.py DATA LINKBENCH [--left-out FILE] [--txtai PYTHON] [--parts FOLDER] [--write]

BM25 is our full-text view alone (notes whole), MiniLM the default model alone (a note by its best passage), RRF the
reciprocal rank fusion of the two with k = 60, ours what `recall-lsp related` answers.  With --left-out (written by
`fit.py`), each vault is also ranked with weights from a fit that has not seen it: that is the figure to believe.
With --txtai, txtai's hybrid index of the same passages with the same model answers in the same run.  "candidates" is
the share of linked notes that are looked at at all, before any ranking.
"tuned" starts from those and learns, as `recall-lsp tune` does, from the questions that one half of the vault's notes
asks; it is asked about the other half, and the other way round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from keeping_report import write_section
from questions import MODES, ask, asked, load_linkbench, moment_of, opened

from recall_lsp.index.compiled import model_folder
from recall_lsp.index.rows import embedded_text
from recall_lsp.index.tuned import UNTUNED, Tuned
from recall_lsp.index.vault import Vault
from recall_lsp.recall.baselines import Ranking, by_meaning, by_words, full, fused
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.holdout import Half, half_of
from recall_lsp.recall.model import Moment
from recall_lsp.recall.query import Query, make_query
from recall_lsp.recall.rank import Weights, default_weights, weights_from
from recall_lsp.recall.tune import FEW, halves, tune

HALVES: tuple[tuple[Half, Half], ...] = (("learn", "held"), ("held", "learn"))
"""Each half with the other."""
REPORT = Path(__file__).parent / "RELEVANCE.md"
Rows = Mapping[str, Sequence[dict[str, Any]]]
"""Questions by mode."""
Score = Callable[..., dict[str, float]]
"""linkbench's own."""
Scores = dict[str, dict[str, dict[str, float]]]
"""{mode: {system: {measure: value}}} of one vault"""
_HEAD = """# Does the right past note come up?

Each section is written by the bench that it names.
"""
MEASURED_BEFORE = {
    "obsidian-help-en": (0.378, 0.379, 0.411), "obsidian-help-de": (0.431, 0.270, 0.409),
    "obsidian-help-ja": (0.410, 0.064, 0.223), "gasquez-handbook": (0.159, 0.219, 0.199),
    "kmaasrud-brain": (0.428, 0.428, 0.469), "dendron-site": (0.217, 0.179, 0.227),
    "logseq-docs": (0.340, 0.353, 0.365), "braindump-orgroam": (0.454, 0.409, 0.469),
    "simplystats-jekyll": (0.358, 0.325, 0.383), "yoshixi-zettelkasten": (0.136, 0.115, 0.140),
}  # fmt: skip
"""nDCG@10 of BM25, MiniLM and RRF in mode hidden, measured before this program was written (a prototype's views)."""


def tuned_on_halves(vault: Vault, start: Weights) -> Ranking:
    """What each half of the notes gets by tuning on the other; `start` where there is too little to learn from."""
    ranked: dict[Half, tuple[Tuned, Ranking]] = {}
    for half, other in HALVES:
        learn, held = halves(vault, other)
        ranked[half] = UNTUNED, full(start)
        if len(learn) >= FEW:
            learned = tune(vault, start, learn, held[:1], lambda: None).tuned
            weights = np.array([learned.rank[name] for name in FEATURES], np.float32)
            ranked[half] = learned, full(replace(start, rank=weights))

    def rank(vault: Vault, moment: Moment, query: Query) -> list[int]:
        vault.tuned, ranking = ranked[half_of(moment.note.path)]
        try:
            return ranking(vault, moment, query)
        finally:
            vault.tuned = UNTUNED

    return rank


def txtai_hybrid(python: Path, vault: Vault, rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """What txtai's hybrid index ranks for the same paragraphs, over the same passages, with the same model."""
    passages = [
        [entry.path, f"{entry.title}\n{embedded_text(row.passage)}"]
        for entry in vault.entries.values()
        for row in vault.passages_of(entry.id)
        if row.passage.text
    ]
    request = {
        "model": str(model_folder("default")),
        "passages": passages,
        "questions": [moment_of(row["request"]).paragraph for row in rows],
    }
    command = [str(python), str(Path(__file__).with_name("txtai_baseline.py"))]
    done = subprocess.run(command, input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
    ranked: list[list[str]] = json.loads(done.stdout)["ranked"]
    return [[path for path in some if path != row["request"]["path"]] for some, row in zip(ranked, rows, strict=True)]


def evaluate(vault: Vault, rows: Sequence[dict[str, Any]], systems: dict[str, Ranking]) -> dict[str, list[list[str]]]:
    """For each system, the ranked paths of each question."""
    answers: dict[str, list[list[str]]] = {name: [] for name in systems}
    for row in rows:
        request = row["request"]
        moment = moment_of(request)
        query = make_query(vault, moment)
        for name, rank in systems.items():
            found = (vault.entries[note].path for note in rank(vault, moment, query) if note in vault.entries)
            answers[name].append([path for path in found if path != request["path"]])
    return answers


def vault_arguments(description: str | None, most: int) -> argparse.ArgumentParser:
    """What every bench that asks linkbench's questions is told."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("--left-out", type=Path, help="written by fit.py: weights that have not seen the vault")
    parser.add_argument("--vaults", nargs="*", default=list(MEASURED_BEFORE))
    parser.add_argument("--max", type=int, default=most)
    parser.add_argument("--write", action="store_true", help=f"write the section of {REPORT.name}")
    return parser


def left_out_weights(file: Path | None, vault: str) -> Weights:
    """Those in `file` that have not seen the vault; the default where it holds none."""
    table = json.loads(file.read_text()) if file else {}
    return weights_from(table[vault]) if vault in table else default_weights()


def main() -> None:
    parser = vault_arguments(__doc__, 300)
    parser.add_argument("--kinds", nargs="*", default=list(MEASURES), choices=MEASURES)
    parser.add_argument("--modes", nargs="*", default=list(MODES), choices=MODES)
    parser.add_argument("--txtai", type=Path, metavar="PYTHON", help="a Python that has txtai, to be measured too")
    parser.add_argument("--parts", type=Path, help="a folder: figures are kept there vault by vault, and read again")
    args = parser.parse_args()
    linkbench = load_linkbench(args.linkbench)
    measured: dict[str, Scores] = {}
    for name in args.vaults:
        measured[name] = {mode: {} for mode in args.modes}
        start = left_out_weights(args.left_out, name)
        for kind in args.kinds:
            kept = _kept(args.parts, f"{name}.{kind}.json")
            missing = [mode for mode in args.modes if mode not in kept]
            if missing:
                links = args.data / "links" / f"{name}.jsonl"
                rows = {mode: asked(linkbench, args.data / "vaults" / name, links, mode, args.max) for mode in missing}
                vault = opened(args.data / "vaults" / name)
                kept |= MEASURES[kind](vault, rows, linkbench.score, start, args.txtai)
                vault.close()
                _keep(args.parts, f"{name}.{kind}.json", kept)
            for mode in args.modes:
                measured[name][mode] |= kept[mode]
                print(mode, name, {system: row["ndcg@10"] for system, row in kept[mode].items()}, flush=True)
    lines = _report({mode: {name: scores[mode] for name, scores in measured.items()} for mode in args.modes})
    print("\n".join(lines))
    if args.write:
        write_relevance("links", lines)


def _kept(folder: Path | None, name: str) -> Scores:
    path = folder / name if folder is not None else None
    return json.loads(path.read_text()) if path is not None and path.exists() else {}


def _keep(folder: Path | None, name: str, scores: Scores) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(scores))


def measure_untuned(vault: Vault, rows: Rows, score: Score, start: Weights, txtai: Path | None) -> Scores:
    """The views, their fusion, and recall with the weights that ship and with those that have not seen the vault."""
    systems = {"BM25": by_words, "MiniLM": by_meaning, "RRF": fused, "ours": full(default_weights())}
    systems["left out"] = full(start)
    answers = {mode: evaluate(vault, some, systems) for mode, some in rows.items()}
    scores = {
        mode: {system: score(some, ranked) for system, ranked in answers[mode].items()} for mode, some in rows.items()
    }
    for mode, some in rows.items():
        scores[mode]["ours"]["candidates"] = among_candidates(vault, some)
    return scores


def measure_tuned(vault: Vault, rows: Rows, score: Score, start: Weights, txtai: Path | None) -> Scores:
    ranking = tuned_on_halves(vault, start)
    answers = {mode: evaluate(vault, some, {"tuned": ranking})["tuned"] for mode, some in rows.items()}
    return {mode: {"tuned": score(some, answers[mode])} for mode, some in rows.items()}


def measure_txtai(vault: Vault, rows: Rows, score: Score, start: Weights, txtai: Path | None) -> Scores:
    if txtai is None:
        return {mode: {} for mode in rows}
    ranked = iter(txtai_hybrid(txtai, vault, [row for some in rows.values() for row in some]))
    return {mode: {"txtai hybrid": score(some, list(islice(ranked, len(some))))} for mode, some in rows.items()}


MEASURES = {"untuned": measure_untuned, "tuned": measure_tuned, "txtai": measure_txtai}


def among_candidates(vault: Vault, rows: Sequence[dict[str, Any]]) -> float:
    """The share of linked notes that are candidates at all: no ranking can do better."""
    found = [ask(vault, moment_of(row["request"]), "", row["gold"]) for row in rows]
    return mean(float(one.gold.sum()) / one.golds for one in found)


def write_relevance(section: str, lines: Sequence[str]) -> None:
    """One section of RELEVANCE.md; the others stay."""
    write_section(section, lines, REPORT, _HEAD)


def _report(results: Mapping[str, Mapping[str, dict[str, dict[str, float]]]]) -> list[str]:
    lines = ["## Links that people made", "", *(__doc__ or "").strip().splitlines()[2:], ""]
    for mode, vaults in results.items():
        systems = list(dict.fromkeys(system for scores in vaults.values() for system in scores))
        lines += [f"### {mode}: recall@5 / recall@10 / nDCG@10", ""]
        lines += ["| vault | questions | candidates | " + " | ".join(systems) + " |", "|---" * (len(systems) + 3) + "|"]
        for name, scores in vaults.items():
            cells = [_cell(scores[system]) if system in scores else "" for system in systems]
            start = f"| {name} | {scores['BM25']['n']} | {scores['ours']['candidates']:.3f} | "
            lines.append(start + " | ".join(cells) + " |")
        means, ratios = [], []
        for system in systems:
            some = [scores for scores in vaults.values() if system in scores]
            means.append(mean(scores[system]["ndcg@10"] for scores in some))
            ratios.append(means[-1] / mean(scores["RRF"]["ndcg@10"] for scores in some))
        lines += ["| **mean nDCG@10** | | | " + " | ".join(f"**{value:.3f}**" for value in means) + " |"]
        lines += [
            "| **over RRF of the same vaults** | | | " + " | ".join(f"**{ratio:.2f}**" for ratio in ratios) + " |",
            "",
        ]
    return lines + (_against(results["hidden"]) if "hidden" in results else [])


def _against(hidden: Mapping[str, dict[str, dict[str, float]]]) -> list[str]:
    lines = [
        "### Against the figures measured before (hidden, nDCG@10)", "",
        "The BM25 and MiniLM of a prototype with views of its own; `better` is the better of the two.", "",
        "| vault | BM25 | MiniLM | RRF | ours | ours, left out | left out - better |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    rows = []
    for name, scores in hidden.items():
        if name in MEASURED_BEFORE:
            before = MEASURED_BEFORE[name]
            own = scores["ours"]["ndcg@10"]
            out = scores.get("left out", scores["ours"])["ndcg@10"]
            rows.append((*before, own, out, out - max(before[:2])))
            lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in rows[-1]) + " |")
    means = np.array(rows).mean(axis=0) if rows else []
    return [*lines, "| **mean** | " + " | ".join(f"**{value:.3f}**" for value in means) + " |"]


def _cell(score: dict[str, float]) -> str:
    return " / ".join(f"{score[name]:.3f}" for name in ("recall@5", "recall@10", "ndcg@10"))


if __name__ == "__main__":
    main()
