"""Tuning to the owner: what one half of a vault's notes link to teaches, the other half judges.

Learned are weights near the given ones and, if it pays, a map that turns what is asked towards what is linked.  How
strongly to hold to the start, and whether to map, is chosen by cross-validation within the learning half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.tuned import UNTUNED, Tuned
from recall_lsp.index.vault import Vault
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.holdout import Half, Question, fold_of, questions_of
from recall_lsp.recall.learn import Example, chance_of_gain, fit_map, fit_weights, ndcg
from recall_lsp.recall.measure import silence
from recall_lsp.recall.query import make_query
from recall_lsp.recall.rank import Weights, bent, units_mark
from recall_lsp.recall.retrieve import retrieve
from recall_lsp.recall.strangers import foreign, lorem

LEARN, HELD = 500, 400
"""Questions at most: more would take over two minutes on a slow machine."""
FEW = 50
"""Questions in either half: with fewer, chance speaks louder than habit."""
SURE = 0.95
"""Least share of bootstrap samples in which the held-out half gains."""
_HOLDS = (1.0, 0.3, 0.1, 0.03)
_TURN_HOLDS = (1000.0, 300.0)
_FOLDS = 4
_STRANGERS = 30

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Tuning:
    """`tuned` and how it fared: nDCG@10 of each held-out question `before` and `after`, questions `learned` from."""

    tuned: Tuned
    learned: int
    before: Sequence[float]
    after: Sequence[float]

    @property
    def sure(self) -> bool:
        """Whether the gain on the held-out half is more than chance."""
        return chance_of_gain(self.before, self.after) >= SURE


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What was asked [n, dims] and the passages that answered it [n, dims], with the fold of each."""

    asked: NDArray[np.float32]
    answered: NDArray[np.float32]
    folds: NDArray[np.int64]


def halves(vault: Vault, learn: Half = "learn") -> tuple[list[Question], list[Question]]:
    """The questions to learn from and those to judge by; of each, half name what they ask for.

    Learned from the others alone, the names of notes count for less, and who speaks of a note does not get it.
    """
    return _both(vault, LEARN, learn), _both(vault, HELD, "held" if learn == "learn" else "learn")


def _both(vault: Vault, most: int, half: Half) -> list[Question]:
    named = questions_of(vault, most // 2, half, named=True)
    return questions_of(vault, most - len(named), half) + named


def tune(vault: Vault, start: Weights, learn: Sequence[Question], held: Sequence[Question], step: Step) -> Tuning:
    """Learn from `learn`, judge by `held`; the vault's own tuning stays out of it, and is as it was afterwards.

    `step` is called 2 * (len(learn) + len(held)) times at most.
    """
    kept, vault.tuned = vault.tuned, UNTUNED
    try:
        examples = [example(vault, question, start, step) for question in learn]
        folds = np.array([fold_of(question.path, _FOLDS) for question in learn])
        pairs = _pairs(vault, learn, folds)
        turn_hold = _best_turn(pairs)
        rank, hold, value = _best_weights(examples, folds, start)
        turn = None
        if turn_hold:
            turned = _turned_examples(vault, learn, start, pairs, folds, turn_hold, step)
            turned_rank, turned_hold, turned_value = _best_weights(turned, folds, start)
            if turned_value > value and _stays_silent(vault, fit_map(pairs.asked, pairs.answered, turn_hold)):
                rank, hold, turn = turned_rank, turned_hold, fit_map(pairs.asked, pairs.answered, turn_hold)
        vault.tuned = UNTUNED
        judged = [example(vault, question, start, step) for question in held]
        before = [ndcg(one, start.rank) for one in judged]
        tuned = Tuned(dict(zip(FEATURES, rank.tolist(), strict=True)), turn, vault.model_id)
        if turn is not None:
            vault.tuned = tuned
            judged = [example(vault, question, start, step) for question in held]
        after = [ndcg(one, rank) for one in judged]
    finally:
        vault.tuned = kept
    return Tuning(replace(tuned, story=_story(start, len(learn), before, after, hold)), len(learn), before, after)


def example(vault: Vault, question: Question, start: Weights, step: Step) -> Example:
    """The question's candidates as the vault finds them now; what hidden units say of them stays."""
    moment = question.moment()
    found = retrieve(vault, moment, make_query(vault, moment))
    step()
    gold = np.array([vault.entries[note].path in question.gold for note in found.notes.tolist()], bool)
    return Example(found.features, gold, len(question.gold), bent(found.features, start))


def _best_weights(
    examples: Sequence[Example], folds: NDArray[np.int64], start: Weights
) -> tuple[NDArray[np.float32], float, float]:
    """Weights fitted on all, with the hold that did best in cross-validation; that hold, and how well it did."""
    values = {}
    for hold in _HOLDS:
        gains: list[float] = []
        for fold in range(_FOLDS):
            rank = fit_weights([one for one, of in zip(examples, folds, strict=True) if of != fold], start.rank, hold)
            gains += [ndcg(one, rank) for one, of in zip(examples, folds, strict=True) if of == fold]
        values[hold] = fmean(gains)
    best = max(values, key=lambda hold: (values[hold], hold))
    return fit_weights(examples, start.rank, best), best, values[best]


def _pairs(vault: Vault, questions: Sequence[Question], folds: NDArray[np.int64]) -> _Pairs:
    asked, answered, of = [], [], []
    for question, fold in zip(questions, folds.tolist(), strict=True):
        meaning = make_query(vault, question.moment()).meaning
        if meaning is None or vault.matrix is None:
            continue
        notes = np.array([vault.ids[path] for path in sorted(question.gold)], np.int64)
        for passage in vault.matrix.best_of(notes, meaning)[0].tolist():
            vector = vault.matrix.vector_of(passage)
            if vector is not None:
                asked.append(meaning)
                answered.append(vector)
                of.append(fold)
    return _Pairs(np.array(asked), np.array(answered), np.array(of, np.int64))


def _best_turn(pairs: _Pairs) -> float:
    """The hold of the map that brings answers nearest to the top among all answers; 0 where none helps."""
    values = {0.0: _mean_rank(pairs, 0.0)} | {hold: _mean_rank(pairs, hold) for hold in _TURN_HOLDS if len(pairs.asked)}
    return max(values, key=lambda hold: values[hold])


def _mean_rank(pairs: _Pairs, hold: float) -> float:
    """The mean reciprocal rank of each pair's answer among all answers, the map fitted without the pair's fold."""
    ranks: list[float] = []
    for fold in range(_FOLDS if len(pairs.asked) else 0):
        inside = pairs.folds == fold
        asked = pairs.asked[inside]
        if hold:
            asked = asked @ fit_map(pairs.asked[~inside], pairs.answered[~inside], hold).T
        cosines = asked @ pairs.answered.T
        own = cosines[np.arange(len(asked)), np.flatnonzero(inside)]
        ranks += (1 / (1 + (cosines > own[:, None] + 1e-6).sum(axis=1))).tolist()
    return fmean(ranks) if ranks else 0.0


def _turned_examples(
    vault: Vault,
    questions: Sequence[Question],
    start: Weights,
    pairs: _Pairs,
    folds: NDArray[np.int64],
    hold: float,
    step: Step,
) -> list[Example]:
    """The examples as they look through maps that were fitted without their fold."""
    turns = [fit_map(pairs.asked[pairs.folds != f], pairs.answered[pairs.folds != f], hold) for f in range(_FOLDS)]
    found = []
    for question, fold in zip(questions, folds.tolist(), strict=True):
        vault.tuned = Tuned(turn=turns[fold], model_id=vault.model_id)
        found.append(example(vault, question, start, step))
    return found


def _stays_silent(vault: Vault, turn: NDArray[np.float32]) -> bool:
    """Whether strangers are answered no more often through the map."""
    texts = [*lorem(_STRANGERS), *foreign(_STRANGERS, vault.root)]
    vault.tuned = UNTUNED
    without = silence(vault, texts, vault.options.quiet, _no_step)
    vault.tuned = Tuned(turn=turn, model_id=vault.model_id)
    return silence(vault, texts, vault.options.quiet, _no_step) >= without


def _no_step() -> None:
    pass


def _story(
    start: Weights, learned: int, before: Sequence[float], after: Sequence[float], hold: float
) -> dict[str, float]:
    return {
        "beside": units_mark(start),
        "learned": learned,
        "held_out": len(before),
        "ndcg_before": round(fmean(before), 4),
        "ndcg_after": round(fmean(after), 4),
        "hold": hold,
    }
