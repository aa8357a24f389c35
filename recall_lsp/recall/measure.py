"""How well rankings find what was linked, and how well recall keeps silent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log2, sqrt
from statistics import fmean, pstdev

from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.baselines import Ranking
from recall_lsp.recall.holdout import Question
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import make_query
from recall_lsp.recall.related import related

Step = Callable[[], None]
"""Called after each text that was asked."""
_NEW_NOTE = "a new note.md"


@dataclass(frozen=True, slots=True)
class Found:
    """Means over the questions, 0 to 1; `error` is the standard error of `ndcg_10`."""

    recall_5: float
    ndcg_10: float
    error: float


def recall_at(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """The share of `gold` among the first `depth`."""
    return sum(path in gold for path in ranked[:depth]) / len(gold)


def ndcg_at(ranked: Sequence[str], gold: Collection[str], depth: int) -> float:
    """Normalised discounted cumulative gain, all of `gold` worth the same (Järvelin and Kekäläinen 2002)."""
    gain = sum((path in gold) / log2(rank + 2) for rank, path in enumerate(ranked[:depth]))
    return gain / sum(1 / log2(rank + 2) for rank in range(min(depth, len(gold))))


def rank_all(
    vault: Vault, questions: Sequence[Question], systems: Mapping[str, Ranking], step: Step
) -> dict[str, list[list[str]]]:
    """For each system the ranked paths of each question, without the note that asks."""
    answers: dict[str, list[list[str]]] = {name: [] for name in systems}
    for question in questions:
        moment = question.moment()
        query = make_query(vault, moment)
        for name, rank in systems.items():
            paths = (vault.entries[note].path for note in rank(vault, moment, query) if note in vault.entries)
            answers[name].append([path for path in paths if path != question.path])
        step()
    return answers


def found(questions: Sequence[Question], answers: Sequence[Sequence[str]]) -> Found:
    """How well one system's answers fit; at least one question."""
    pairs = list(zip(answers, questions, strict=True))
    gains = [ndcg_at(ranked, question.gold, 10) for ranked, question in pairs]
    recall_5 = fmean(recall_at(ranked, question.gold, 5) for ranked, question in pairs)
    return Found(recall_5, fmean(gains), pstdev(gains) / sqrt(len(gains)))


def silence(vault: Vault, texts: Sequence[str], quiet: float, step: Step) -> float:
    """The share of texts, each alone in a new note, for which nothing is shown; at least one text."""
    silent = 0
    for text in texts:
        silent += not related(vault, moment_at(read_text(_NEW_NOTE, text), text, len(text)), 1, quiet)
        step()
    return silent / len(texts)
