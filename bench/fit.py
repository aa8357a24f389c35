"""Fit the default weights on public vaults, tested on the vault left out, and write `recall/weights.json`.

    python bench/questions.py DATA LINKBENCH QUESTIONS     collect, once
    python bench/fit.py QUESTIONS [--write]

The order is fitted by the softmax likelihood of the linked note among the candidates (ListNet's top-one loss,
Cao et al. 2007), each vault with the same say; the probability by a logistic model that tells linked notes from
the best of what another vault's paragraphs bring up.  Translations of one vault are left out together.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from questions import MODES, Question, load
from scipy.optimize import minimize

from recall_lsp.recall.features import FEATURES

WEIGHTS = Path(__file__).parent.parent / "recall_lsp" / "recall" / "weights.json"
RIDGE = 2e-3
ABSOLUTE = ("share_note", "share_passage", "title_covered", "cosine", "unknown_cosine")
BY_WORDS = ("share_note", "share_passage", "title_covered")
_BEST_OF_STRANGERS = 3
_LESSER = slice(None, None, 10)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def family(vault: str) -> str:
    """Translations of one text count as one vault."""
    return "obsidian-help" if vault.startswith("obsidian-help") else vault


def ndcg(question: Question, scores: NDArray[np.float32], depth: int = 10) -> float:
    best = np.lexsort((np.arange(len(scores)), -scores))[:depth]
    gains = (question.gold[best] / np.log2(np.arange(2, len(best) + 2))).sum()
    return float(gains / sum(1 / np.log2(rank + 2) for rank in range(min(depth, question.golds))))


def recall_at(question: Question, scores: NDArray[np.float32], depth: int) -> float:
    best = np.lexsort((np.arange(len(scores)), -scores))[:depth]
    return float(question.gold[best].sum() / question.golds)


def fit_rank(vaults: Mapping[str, Sequence[Question]]) -> NDArray[np.float64]:
    """Weights [features] that make the linked notes likeliest."""
    parts = [
        (question.features.astype(np.float64), question.gold / question.gold.sum(), 1.0 / len(found))
        for found in vaults.values()
        for question in found
        if question.gold.any()
    ]
    rows = np.concatenate([features for features, _, _ in parts])
    target = np.concatenate([gold for _, gold, _ in parts])
    say = np.repeat([weight for *_, weight in parts], [len(gold) for _, gold, _ in parts])
    starts = np.cumsum([0] + [len(gold) for _, gold, _ in parts[:-1]])
    sizes = [len(gold) for _, gold, _ in parts]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = rows @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        powers = np.exp(scores)
        chances = powers / np.repeat(np.add.reduceat(powers, starts), sizes)
        value = -(say * target * np.log(np.maximum(chances, 1e-12))).sum() / len(vaults)
        slope = rows.T @ (say * (chances - target)) / len(vaults)
        return value + RIDGE * weights @ weights, slope + 2 * RIDGE * weights

    return np.asarray(minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x)


def fit_related(
    vaults: Mapping[str, Sequence[Question]],
    strangers: Mapping[str, Sequence[Question]],
    rank: NDArray[np.float64],
    names: tuple[str, ...],
) -> dict[str, float]:
    """The logistic model of the named features: linked notes against others.

    The others are, to one half each, the best of what strangers bring up and the lesser candidates of the questions
    themselves.
    """
    columns = [FEATURES.index(name) for name in names]
    rows, labels, say = [], [], []
    for name, found in vaults.items():
        linked = [question.features[question.gold] for question in found if question.gold.any()]
        strange = [question.features[best(question, rank, _BEST_OF_STRANGERS)] for question in strangers[name]]
        lesser = [question.features[~question.gold][_LESSER] for question in found]
        for part, label, share in ((linked, 1.0, 1.0), (strange, 0.0, 0.5), (lesser, 0.0, 0.5)):
            rows.append(np.concatenate(part)[:, columns])
            labels.append(np.full(len(rows[-1]), label))
            say.append(np.full(len(rows[-1]), share / len(rows[-1])))
    table, truth, weight = np.concatenate(rows).astype(np.float64), np.concatenate(labels), np.concatenate(say)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = table @ weights[:-1] + weights[-1]
        chances = 1 / (1 + np.exp(-scores))
        value = (weight * np.logaddexp(0, np.where(truth > 0, -scores, scores))).sum() / len(vaults)
        slope = weight * (chances - truth) / len(vaults)
        ridge = np.append(2 * RIDGE * weights[:-1], 0.0)
        return value + RIDGE * weights[:-1] @ weights[:-1], np.append(table.T @ slope, slope.sum()) + ridge

    # More of any of them can only make it likelier: a negative weight would be an accident of these vaults.
    bounds = [(0.0, None)] * len(columns) + [(None, None)]
    fitted = minimize(loss, np.zeros(len(columns) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return {**dict(zip(names, fitted[:-1].tolist(), strict=True)), "intercept": float(fitted[-1])}


def related_chance(features: NDArray[np.float32], related: Mapping[str, float]) -> NDArray[np.float64]:
    total = sum(features[:, FEATURES.index(name)] * related[name] for name in ABSOLUTE) + related["intercept"]
    return np.asarray(1 / (1 + np.exp(-total)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all vaults")
    args = parser.parse_args()
    names = sorted({path.name.split(".")[0] for path in args.questions.glob("*.strangers.npz")})
    hidden = {name: load(args.questions / f"{name}.hidden.npz") for name in names}
    strangers = {name: load(args.questions / f"{name}.strangers.npz") for name in names}
    training = {
        name: [question for mode in MODES for question in load(args.questions / f"{name}.{mode}.npz")] for name in names
    }
    left_out = {}
    for name in names:
        others = {other: training[other] for other in names if family(other) != family(name)}
        rank = fit_rank(others)
        left_out[name] = fitted_table(others, strangers, rank)
    mean = show(hidden, strangers, left_out)
    rank = fit_rank(training)
    table = fitted_table(training, strangers, rank)
    print(json.dumps(table, indent=1))
    if args.write:
        (args.questions / "left-out.json").write_text(json.dumps(left_out))
        how = (
            f"fitted by bench/fit.py on {len(names)} public vaults, {sum(map(len, training.values()))} questions; mean"
            f" nDCG@10 {mean:.3f} over the vaults, each left out of its own fit"
        )
        WEIGHTS.write_text(json.dumps({"how": how, **table}, indent=1) + "\n", encoding="utf-8")


def show(
    hidden: Mapping[str, Sequence[Question]],
    strangers: Mapping[str, Sequence[Question]],
    left_out: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> float:
    """Prints how each vault fares with weights that have not seen it; the mean nDCG@10."""
    silences = " ".join(f"{threshold:>11}" for threshold in THRESHOLDS)
    print(f"{'silent/lost at':>54} {silences}")
    print(f"{'vault':24} {'n':>4} {'found':>6} {'r@5':>6} {'r@10':>6} {'ndcg':>6}")
    means = []
    for name, found in hidden.items():
        rank = np.array([left_out[name]["rank"][feature] for feature in FEATURES])
        asked = [question for question in found if question.golds]
        scores = [question.features @ rank for question in asked]
        among = np.mean([question.gold.sum() / question.golds for question in asked])
        r5, r10 = (np.mean([recall_at(q, s, d) for q, s in zip(asked, scores, strict=True)]) for d in (5, 10))
        means.append(np.mean([ndcg(question, score) for question, score in zip(asked, scores, strict=True)]))
        quiets = [silence(asked, strangers[name], rank, left_out[name]["related"], at) for at in THRESHOLDS]
        cells = " ".join(f"{silent:5.2f}/{lost:5.2f}" for silent, lost in quiets)
        print(f"{name:24} {len(asked):4} {among:6.3f} {r5:6.3f} {r10:6.3f} {means[-1]:6.3f} {cells}")
    print(f"mean nDCG@10, each vault left out of its fit: {np.mean(means):.4f}")
    return float(np.mean(means))


def best(question: Question, rank: NDArray[np.float64], count: int = 5) -> NDArray[np.intp]:
    """The places of the candidates that would be shown."""
    return np.argsort(-(question.features @ rank), kind="stable")[:count]


def fitted_table(
    vaults: Mapping[str, Sequence[Question]], strangers: Mapping[str, Sequence[Question]], rank: NDArray[np.float64]
) -> dict[str, dict[str, float]]:
    """What `recall/weights.json` holds."""
    related = {
        key: fit_related(vaults, strangers, rank, names)
        for key, names in (("related", ABSOLUTE), ("by_words", BY_WORDS))
    }
    return {
        "rank": {name: round(float(value), 4) for name, value in zip(FEATURES, rank, strict=True)},
        **{key: {name: round(value, 4) for name, value in table.items()} for key, table in related.items()},
    }


def silence(
    asked: Sequence[Question],
    strangers: Sequence[Question],
    rank: NDArray[np.float64],
    related: Mapping[str, float],
    threshold: float,
) -> tuple[float, float]:
    """(share of strangers' paragraphs for which nothing is shown, share of found gold that is lost to silence)."""
    quiet = [
        not (related_chance(question.features, related)[best(question, rank)] >= threshold).any()
        for question in strangers
        if len(question.features)
    ]
    kept = lost = 0
    for question in asked:
        top = np.zeros(len(question.gold), bool)
        top[best(question, rank)] = True
        chances = related_chance(question.features, related)
        lost += int((question.gold & top & (chances < threshold)).sum())
        kept += int((question.gold & top).sum())
    return float(np.mean(quiet)), lost / max(kept, 1)


if __name__ == "__main__":
    main()
