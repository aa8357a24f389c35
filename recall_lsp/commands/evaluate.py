"""`recall-lsp evaluate`: how well recall works on one's own notes, in words, a table and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from recall_lsp.commands.build import build
from recall_lsp.commands.show import counting
from recall_lsp.index.vault import Vault
from recall_lsp.recall.baselines import Ranking, by_meaning, by_words, full, fused
from recall_lsp.recall.holdout import Question, questions_of
from recall_lsp.recall.measure import Found, Step, found, rank_all, silence
from recall_lsp.recall.rank import unfit
from recall_lsp.recall.strangers import foreign, lorem

MOST = 400
"""Questions asked: some 30 s, and a standard error of .02."""
FEW = 30
STRANGERS = 40
SYSTEMS: Mapping[str, Ranking] = {"words": by_words, "meaning": by_meaning, "fused": fused, "recall": full()}
_NAMES = {
    "words": "words alone (BM25)",
    "meaning": "meaning alone",
    "fused": "the two, by rank fusion",
    "recall": "recall",
}


def run(folder: Path, json_out: bool) -> int:
    messages = Console(stderr=True)
    vault = build(folder, messages)
    if vault is None:
        return 2
    tuned = bool(vault.tuned.rank) and not unfit(vault.tuned, vault.model_id)
    questions = questions_of(vault, MOST, "held" if tuned else None)
    strangers = {"filler": lorem(STRANGERS), "foreign": foreign(STRANGERS, vault.root)}
    with counting(messages, "Asking", len(questions) + sum(map(len, strangers.values()))) as step:
        scores = _scores(vault, questions, step)
        quiet = {name: silence(vault, texts, vault.options.quiet, step) for name, texts in strangers.items() if texts}
    if json_out:
        systems = {name: asdict(score) for name, score in scores.items()}
        print(json.dumps({"questions": len(questions), "tuned": tuned, "systems": systems, "silence": quiet}))
    else:
        _show(Console(), len(questions), scores, quiet)
        if tuned:
            Console().print("This folder is tuned; only notes that the tuning did not learn from were asked.")
    return 0


def _scores(vault: Vault, questions: Sequence[Question], step: Step) -> dict[str, Found]:
    if not questions:
        return {}
    return {name: found(questions, answers) for name, answers in rank_all(vault, questions, SYSTEMS, step).items()}


def _show(console: Console, asked: int, scores: Mapping[str, Found], quiet: Mapping[str, float]) -> None:
    say: Any = lambda words: console.print(words, highlight=False)  # noqa: E731
    if not scores:
        say("No paragraph links from one note to another, so there is nothing to ask about: link a few notes first.")
    else:
        say(
            f"[bold]{asked}[/] paragraphs that link to another note were asked as if the link were not there yet."
            " Does the linked note come up?"
        )
        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading in ("", "among the first five", "nDCG@10"):
            table.add_column(heading, justify="left" if not heading else "right")
        for name, score in scores.items():
            figures = f"{score.recall_5:.0%}", f"{score.ndcg_10:.3f} ± {score.error:.3f}"
            table.add_row(_NAMES[name], *figures, style="bold" if name == "recall" else "")
        console.print(table)
    if 0 < asked < FEW:
        say(f"[yellow]Only {asked} such paragraphs: too few to tell more than roughly.[/]")
    if "filler" in quiet:
        say(f"For Latin filler text, nothing is shown in {quiet['filler']:.0%} of cases.")
    if "foreign" in quiet:
        say(
            f"For paragraphs of another vault, in {quiet['foreign']:.0%}; it is about gardens, books, work and walks,"
            " and notes of yours about the same may rightly come up."
        )
