"""Fit the default weights on public vaults, tested on the vault left out, and write `recall/weights.json`.

    python bench/questions.py DATA LINKBENCH QUESTIONS     collect, once
    python bench/fit.py QUESTIONS [--write]

The order is fitted by the softmax likelihood of the linked note among the candidates (ListNet's top-one loss,
Cao et al. 2007), each vault with the same say, as a linear model with a few hidden units (`net.py`); the probability by
a logistic model that tells linked notes among the first from what texts that have nothing to do with the vault bring
up.  Translations of one vault are left out together.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from net import Example, Singles, fit_net
from numpy.typing import NDArray
from questions import MODES, Question, load, whole
from scipy.optimize import minimize

from recall_lsp.recall.evidence import EVIDENCE, WORDS_EVIDENCE
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.rank import Weights, probability, score, weights_from

WEIGHTS = Path(__file__).parent.parent / "recall_lsp" / "recall" / "weights.json"
LEFT_OUT = "left-out.json"
SHOWN = 5
_NETS = 3
_HEARD = np.array([not name.endswith("_so_far") for name in FEATURES], bool)
"""What hidden units hear: what is said at hand.  The rest of a note about two things would speak too loudly there."""
_MIXED_SAY = 0.5
_BEHIND = 3.0
"""What is linked already is never an answer here, and ridge alone keeps its weight from saying so loudly."""
_HARD, _EASY = 50, 20
"""Candidates of a question to learn from: the best, and some of the others."""
_CRUDE = [
    FEATURES.index(name)
    for name in (
        "rank_note", "rank_passage", "rank_cosine", "unknown_rank_cosine",
        "title_covered", "votes_share", "cited_share", "co_cited",
    )
]  # fmt: skip
_RIDGE_RELATED = 1e-3
_FULL_SAY = 60
"""Questions that give a vault its full say in the order; linked notes, in the probability."""
_PLANTED_SAY = 0.05
_NEW_SAY = 0.25
_FEW_SAY = 0.25
"""What stands among a note's own links, or in a new note without any, or is asked of few notes, has this say beside the
usual."""
_STRANGE = 1.8
"""To one that should be shown, how many should not: with as many as this, what is shown at the default `quiet` is
silent to 95 % of strangers."""

Floats = NDArray[np.float64]
Table = dict[str, dict[str, Any]]
"""As `recall/weights.json`; see `weights_from`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of one vault: its own questions by mode, those of them below another note's beginning (`mixed`),
    those in a new note, and texts for which nothing should come up, in new notes and `planted` among a note's links."""

    modes: Mapping[str, Sequence[Question]]
    mixed: Sequence[Question]
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
            *(load(folder / f"{name}.{kind}.npz") for kind in ("mixed", "new", "strangers", "planted")),
        )
        for name in names
    }


def family(vault: str) -> str:
    """Translations of one text count as one vault, and so does what was cut out of it."""
    return "obsidian-help" if vault.startswith("obsidian-help") else whole(vault)


def wholes(vaults: Mapping[str, Asked]) -> dict[str, Asked]:
    """Those that were not cut out of others."""
    return {name: asked for name, asked in vaults.items() if whole(name) == name}


def ndcg(question: Question, scores: Singles, depth: int = 10) -> float:
    gains = (question.gold[best_of(scores, depth)] / np.log2(np.arange(2, min(depth, len(scores)) + 2))).sum()
    return float(gains / sum(1 / np.log2(rank + 2) for rank in range(min(depth, question.golds))))


def recall_at(question: Question, scores: Singles, depth: int) -> float:
    return float(question.gold[best_of(scores, depth)].sum() / question.golds)


def best_of(scores: Singles, depth: int) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")[:depth]


def fit_rank(vaults: Mapping[str, Asked]) -> Table:
    """The linear part and the hidden units that make the linked notes likeliest; nets begun by other dice are added up,
    which is one net of more units."""
    dice = np.random.default_rng(7)
    examples: list[Example] = []
    each: list[float] = []
    for asked in vaults.values():
        for questions, share in ((asked.every, 1.0), (asked.mixed, _MIXED_SAY)):
            some = [question for question in questions if question.gold.any()]
            examples += [_example(question, dice) for question in some]
            each += [share * min(1.0, len(some) / _FULL_SAY) / len(some)] * len(some)
    total = sum(each)
    each = [one / total for one in each]
    nets = [fit_net(examples, each, _HEARD, seed) for seed in range(_NETS)]
    rank = np.mean([net.rank for net in nets], axis=0)
    units = np.concatenate([net.units for net in nets], axis=1)
    table: Table = {"rank": dict(zip(FEATURES, rank.tolist(), strict=True))}
    table["rank"]["linked"] -= _BEHIND
    table["units"] = {name: units[FEATURES.index(name)].tolist() for name in np.array(FEATURES)[_HEARD]}
    table["units"]["bias"] = np.concatenate([net.bias for net in nets]).tolist()
    table["units"]["say"] = (np.concatenate([net.say for net in nets]) / _NETS).tolist()
    return table


def _example(question: Question, dice: np.random.Generator) -> Example:
    """The candidates that a crude sum puts first, all linked ones, and some of the rest that stand for all of it."""
    order = np.argsort(-question.features[:, _CRUDE].sum(axis=1), kind="stable")
    rest = order[_HARD:][~question.gold[order[_HARD:]]]
    some = dice.choice(rest, min(_EASY, len(rest)), replace=False)
    kept = np.concatenate([order[:_HARD], order[_HARD:][question.gold[order[_HARD:]]], some])
    given = np.zeros(len(kept), np.float32)
    if len(some):
        given[-len(some) :] = math.log(len(rest) / len(some))
    return question.features[kept], question.gold[kept], given


def fit_related(vaults: Mapping[str, Asked], ranking: Weights, names: tuple[str, ...]) -> dict[str, float]:
    """The logistic model of the named evidence, of linked notes that would be shown against what is shown to strangers.

    Where meaning is among the evidence only moments count in which it told something.
    """
    columns = [EVIDENCE.index(name) for name in names]
    by_meaning = names == EVIDENCE
    parts: list[tuple[Floats, float, float]] = []
    for name, asked in vaults.items():
        each = 1.0 if whole(name) == name else _FEW_SAY
        for questions, linked, share in (
            (asked.every, True, 1.0),
            (asked.new, True, _NEW_SAY),
            (asked.strangers, False, 1.0),
            (asked.planted, False, _PLANTED_SAY),
        ):
            some = [question for question in questions if question.told or not by_meaning]
            rows = np.concatenate([shown(question, ranking, linked=linked) for question in some] or [_NO_EVIDENCE])
            if len(rows):
                parts.append(
                    (rows[:, columns], float(linked), each * share * min(1.0, len(rows) / _FULL_SAY) / len(rows))
                )
    rows = np.concatenate([rows for rows, _, _ in parts]).astype(np.float64)
    truth = np.concatenate([np.full(len(rows), label) for rows, label, _ in parts])
    say = np.concatenate([np.full(len(rows), weight) for rows, _, weight in parts])
    for label, much in ((0.0, _STRANGE), (1.0, 1.0)):
        say[truth == label] *= much / (1.0 + _STRANGE) / say[truth == label].sum()
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


def shown(question: Question, weights: Weights, *, linked: bool) -> NDArray[np.float32]:
    """The evidence of what would be shown; of the linked notes among it, where there are any to be found."""
    best = first(question, weights)
    return question.evidence[best[question.gold[best]] if linked else best]


@cache
def first(question: Question, weights: Weights) -> NDArray[np.intp]:
    """The candidates that would be shown, best first."""
    return best_of(score(question.features, weights), SHOWN)


def fitted_table(vaults: Mapping[str, Asked]) -> Table:
    """What `recall/weights.json` holds."""
    tables = fit_rank(wholes(vaults))
    nothing = {"intercept": 0.0}
    weights = weights_from(tables | {"related": nothing, "by_words": nothing})
    for key, names in (("related", EVIDENCE), ("by_words", WORDS_EVIDENCE)):
        tables[key] = fit_related(vaults, weights, names)
    return {key: {name: np.round(value, 4).tolist() for name, value in table.items()} for key, table in tables.items()}


def leave_out(vaults: Mapping[str, Asked]) -> dict[str, Table]:
    """For each vault the weights of a fit that has not seen it, nor its translations."""
    kinds = sorted(set(map(family, vaults)))
    others = ({name: asked for name, asked in vaults.items() if family(name) != kin} for kin in kinds)
    with ProcessPoolExecutor() as pool:
        tables = dict(zip(kinds, pool.map(fitted_table, others), strict=True))
    return {name: tables[family(name)] for name in vaults}


def chances(question: Question, weights: Weights) -> Singles:
    """The probabilities [n] of what would be shown, first to last."""
    return probability(question.evidence[first(question, weights)], weights, by_meaning=question.told)


def load_left_out(folder: Path) -> dict[str, Weights]:
    """What --write left beside the questions."""
    return {name: weights_from(table) for name, table in json.loads((folder / LEFT_OUT).read_text()).items()}


def show(vaults: Mapping[str, Asked], left_out: Mapping[str, Table]) -> float:
    """Prints how each vault fares with weights that have not seen it; the mean nDCG@10 of hidden links."""
    print(f"{'vault':24} {'n':>4} {'found':>6} {'r@5':>6} {'r@10':>6} {'ndcg':>6} {'prefix':>6} {'anchor':>6}")
    means = []
    for name, asked in vaults.items():
        weights = weights_from(left_out[name])
        questions = [question for question in asked.modes["hidden"] if question.golds]
        found = np.mean([question.gold.sum() / question.golds for question in questions])
        r5, r10 = (mean_of(partial(recall_at, depth=depth), questions, weights) for depth in (5, 10))
        gains = [mean_of(ndcg, asked.modes[mode], weights) for mode in MODES]
        if whole(name) == name:
            means.append(gains[0])
        rest = " ".join(f"{value:6.3f}" for value in (found, r5, r10, *gains))
        print(f"{name:24} {len(questions):4} {rest}")
    print(f"mean nDCG@10, each vault left out of its fit: {np.mean(means):.4f}")
    return float(np.mean(means))


def mean_of(figure: Callable[[Question, Singles], float], questions: Iterable[Question], weights: Weights) -> float:
    return float(np.mean([figure(one, score(one.features, weights)) for one in questions if one.golds]))


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
        seen = wholes(vaults)
        count = sum(len(asked.every) for asked in seen.values())
        how = (
            f"fitted by bench/fit.py on {len(seen)} public vaults, {count} questions; mean nDCG@10 {mean:.3f} over the"
            " vaults, each left out of its own fit"
        )
        WEIGHTS.write_text(_readable(how, fitted_table(vaults)), encoding="utf-8")


def _readable(how: str, tables: Table) -> str:
    """JSON with a line for each feature."""
    parts = [f' "how": {json.dumps(how)}']
    for key, table in tables.items():
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
        parts.append(f' "{key}": {{\n{rows}\n }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
