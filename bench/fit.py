"""Fit the default weights on public vaults, tested on the vault left out, and write `recall/weights.json`.

    python bench/questions.py DATA LINKBENCH QUESTIONS     collect, once
    python bench/fit.py QUESTIONS [--write]

The order is fitted by the softmax likelihood of the linked note among the candidates (ListNet's top-one loss,
Cao et al. 2007), each vault with the same say; the probability by a logistic model that tells linked notes among the
first from what texts that have nothing to do with the vault bring up.  Translations of one vault are left out together.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from questions import MODES, Question, load
from scipy.optimize import minimize

from recall_lsp.recall.evidence import EVIDENCE, WORDS_EVIDENCE
from recall_lsp.recall.features import FEATURES

WEIGHTS = Path(__file__).parent.parent / "recall_lsp" / "recall" / "weights.json"
LEFT_OUT = "left-out.json"
SHOWN = 5
_RIDGE = 2e-3
_RIDGE_RELATED = 1e-3
_FULL_SAY = 60
"""Questions that give a vault its full say in the order; linked notes, in the probability."""
_PLANTED_SAY = 0.1
_NEW_SAY = 0.25
"""What stands among a note's own links, or in a new note without any, has this say beside the usual."""

Floats = NDArray[np.float64]
Table = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of one vault: its own questions by mode, those of them in a new note, and texts for which nothing
    should come up, in new notes and `planted` among a note's links."""

    modes: Mapping[str, Sequence[Question]]
    new: Sequence[Question]
    strangers: Sequence[Question]
    planted: Sequence[Question]

    @property
    def every(self) -> list[Question]:
        return [question for mode in MODES for question in self.modes[mode] if question.golds]


def load_all(folder: Path) -> dict[str, Asked]:
    names = sorted({path.name.split(".")[0] for path in folder.glob("*.planted.npz")})
    return {
        name: Asked(
            {mode: load(folder / f"{name}.{mode}.npz") for mode in MODES},
            *(load(folder / f"{name}.{kind}.npz") for kind in ("new", "strangers", "planted")),
        )
        for name in names
    }


def family(vault: str) -> str:
    """Translations of one text count as one vault."""
    return "obsidian-help" if vault.startswith("obsidian-help") else vault


def ndcg(question: Question, scores: Floats, depth: int = 10) -> float:
    gains = (question.gold[best_of(scores, depth)] / np.log2(np.arange(2, min(depth, len(scores)) + 2))).sum()
    return float(gains / sum(1 / np.log2(rank + 2) for rank in range(min(depth, question.golds))))


def recall_at(question: Question, scores: Floats, depth: int) -> float:
    return float(question.gold[best_of(scores, depth)].sum() / question.golds)


def best_of(scores: Floats, depth: int) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")[:depth]


def fit_rank(vaults: Mapping[str, Asked]) -> Floats:
    """Weights [features] that make the linked notes likeliest."""
    parts = []
    for asked in vaults.values():
        found = [question for question in asked.every if question.gold.any()]
        each = min(1.0, len(found) / _FULL_SAY) / max(len(found), 1)
        parts += [(question.features, question.gold / question.gold.sum(), each) for question in found]
    rows = np.concatenate([features for features, _, _ in parts]).astype(np.float64)
    target = np.concatenate([gold for _, gold, _ in parts])
    sizes = [len(gold) for _, gold, _ in parts]
    say = np.repeat([weight for *_, weight in parts], sizes)
    starts = np.cumsum([0, *sizes[:-1]])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        powers = np.exp(scores)
        chances = powers / np.repeat(np.add.reduceat(powers, starts), sizes)
        value = -(say * target * np.log(np.maximum(chances, 1e-12))).sum() / len(vaults)
        slope = rows.T @ (say * (chances - target)) / len(vaults)
        return value + _RIDGE * weights @ weights, slope + 2 * _RIDGE * weights

    return np.asarray(minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x)


def fit_related(vaults: Mapping[str, Asked], rank: Floats, names: tuple[str, ...]) -> dict[str, float]:
    """The logistic model of the named evidence, of linked notes that would be shown against what is shown to strangers.

    Where meaning is among the evidence only moments count in which it told something.
    """
    columns = [EVIDENCE.index(name) for name in names]
    by_meaning = names == EVIDENCE
    parts: list[tuple[Floats, float, float]] = []
    for asked in vaults.values():
        for questions, linked, share in (
            (asked.every, True, 1.0),
            (asked.new, True, _NEW_SAY),
            (asked.strangers, False, 1.0),
            (asked.planted, False, _PLANTED_SAY),
        ):
            some = [question for question in questions if question.told or not by_meaning]
            rows = np.concatenate([shown(question, rank, linked=linked) for question in some] or [_NO_EVIDENCE])
            if len(rows):
                parts.append((rows[:, columns], float(linked), share * min(1.0, len(rows) / _FULL_SAY) / len(rows)))
    rows = np.concatenate([rows for rows, _, _ in parts]).astype(np.float64)
    truth = np.concatenate([np.full(len(rows), label) for rows, label, _ in parts])
    say = np.concatenate([np.full(len(rows), weight) for rows, _, weight in parts])
    for label in (0.0, 1.0):
        say[truth == label] /= 2 * say[truth == label].sum()
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = (rows - mean) / deviation

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = scaled @ weights[:-1] + weights[-1]
        chances = 1 / (1 + np.exp(-scores))
        value = (say * np.logaddexp(0, np.where(truth > 0, -scores, scores))).sum()
        slope = say * (chances - truth)
        ridge = np.append(2 * _RIDGE_RELATED * weights[:-1], 0.0)
        return value + _RIDGE_RELATED * weights[:-1] @ weights[:-1], np.append(scaled.T @ slope, slope.sum()) + ridge

    fitted = minimize(loss, np.zeros(len(columns) + 1), jac=True, method="L-BFGS-B").x
    weights = fitted[:-1] / deviation
    return {**dict(zip(names, weights.tolist(), strict=True)), "intercept": float(fitted[-1] - weights @ mean)}


_NO_EVIDENCE = np.zeros((0, len(EVIDENCE)), np.float32)


def shown(question: Question, rank: Floats, *, linked: bool) -> NDArray[np.float32]:
    """The evidence of what would be shown; of the linked notes among it, where there are any to be found."""
    best = best_of(question.features @ rank, SHOWN)
    return question.evidence[best[question.gold[best]] if linked else best]


def fitted_table(vaults: Mapping[str, Asked]) -> Table:
    """What `recall/weights.json` holds."""
    rank = fit_rank(vaults)
    tables = {"rank": dict(zip(FEATURES, rank.tolist(), strict=True))}
    for key, names in (("related", EVIDENCE), ("by_words", WORDS_EVIDENCE)):
        tables[key] = fit_related(vaults, rank, names)
    return {key: {name: round(value, 4) for name, value in table.items()} for key, table in tables.items()}


def leave_out(vaults: Mapping[str, Asked]) -> dict[str, Table]:
    """For each vault the weights of a fit that has not seen it, nor its translations."""
    tables = {
        kin: fitted_table({name: asked for name, asked in vaults.items() if family(name) != kin})
        for kin in sorted(set(map(family, vaults)))
    }
    return {name: tables[family(name)] for name in vaults}


def chances(question: Question, table: Table) -> Floats:
    """The probabilities [n] of what would be shown, first to last."""
    best = best_of(question.features @ rank_of(table), SHOWN)
    model = table["related" if question.told else "by_words"]
    total = question.evidence[best] @ np.array([model.get(name, 0.0) for name in EVIDENCE]) + model["intercept"]
    return np.asarray(1 / (1 + np.exp(-total)))


def rank_of(table: Table) -> Floats:
    return np.array([table["rank"][feature] for feature in FEATURES])


def show(vaults: Mapping[str, Asked], left_out: Mapping[str, Table]) -> float:
    """Prints how each vault fares with weights that have not seen it; the mean nDCG@10 of hidden links."""
    print(f"{'vault':24} {'n':>4} {'found':>6} {'r@5':>6} {'r@10':>6} {'ndcg':>6} {'prefix':>6} {'anchor':>6}")
    means = []
    for name, asked in vaults.items():
        table = left_out[name]
        questions = [question for question in asked.modes["hidden"] if question.golds]
        found = np.mean([question.gold.sum() / question.golds for question in questions])
        r5, r10 = (mean_of(partial(recall_at, depth=depth), questions, table) for depth in (5, 10))
        gains = [mean_of(ndcg, asked.modes[mode], table) for mode in MODES]
        means.append(gains[0])
        rest = " ".join(f"{value:6.3f}" for value in (found, r5, r10, *gains))
        print(f"{name:24} {len(questions):4} {rest}")
    print(f"mean nDCG@10, each vault left out of its fit: {np.mean(means):.4f}")
    return float(np.mean(means))


def mean_of(figure: Callable[[Question, Floats], float], questions: Iterable[Question], table: Table) -> float:
    rank = rank_of(table)
    return float(np.mean([figure(question, question.features @ rank) for question in questions if question.golds]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write the weights, and {LEFT_OUT} beside the questions")
    args = parser.parse_args()
    vaults = load_all(args.questions)
    left_out = leave_out(vaults)
    mean = show(vaults, left_out)
    if args.write:
        (args.questions / LEFT_OUT).write_text(json.dumps(left_out))
        count = sum(len(asked.every) for asked in vaults.values())
        how = (
            f"fitted by bench/fit.py on {len(vaults)} public vaults, {count} questions; mean nDCG@10 {mean:.3f} over"
            " the vaults, each left out of its own fit"
        )
        table = fitted_table(vaults)
        WEIGHTS.write_text(json.dumps({"how": how, **table}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
