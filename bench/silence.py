"""Does recall keep silent where nothing in the vault belongs to the moment, and only there?

    python bench/questions.py DATA LINKBENCH QUESTIONS     collect, once; with --others, vaults of few notes too
    python bench/fit.py QUESTIONS --write                  fit, each vault left out of its own fit
    python bench/silence.py QUESTIONS [--write]

Every vault is asked with weights that have not seen it.  A text is met with silence when none of its first five hits is
as probable as `quiet`.  Texts are paragraphs of other vaults, code (ours, not marked as such) and filler (lorem ipsum),
each alone in a new note; `planted`, the same in the place of a paragraph of this vault, among its note's links.  Lost
is the share of linked notes among the first five that is not shown; `new note`, of the same paragraphs alone in a new
note, where neither links nor the rest of the note tell anything.  The documentation of one note tool is no stranger to
that of another (Obsidian, Logseq, Dendron, Foam; translations most of all), so those pairs are left out.  Others are
in, though some are about the same things: the pairs that answer most are listed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from fit import Asked, chances, first, load_all, load_left_out, wholes
from questions import MODES, Question

from recall_lsp.config import Options
from recall_lsp.recall.rank import Weights

REPORT = Path(__file__).parent / "SILENCE.md"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_OWN_TEXTS = ("code", "filler")
_FEW = 12


def silent(questions: Iterable[Question], weights: Weights, quiet: float) -> float:
    return _mean([not (chances(question, weights) >= quiet).any() for question in questions])


def lost(questions: Iterable[Question], weights: Weights, quiet: float) -> float:
    missed: list[bool] = []
    for question in questions:
        gold = question.gold[first(question, weights)]
        missed += (chances(question, weights)[gold] < quiet).tolist()
    return _mean(missed)


def _mean(values: Sequence[bool | float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def report(every: Mapping[str, Asked], left_out: Mapping[str, Weights], quiet: float) -> list[str]:
    vaults = wholes(every)
    few = {name: asked for name, asked in every.items() if name not in vaults}
    lines = ["# Silence", "", *(__doc__ or "").strip().splitlines(), "", f"## At the default, quiet = {quiet:g}", ""]
    lines += _by_vault(vaults, left_out, quiet)
    if few:
        lines += ["", "## Vaults of few notes, cut out of these (`few.py`)", "", *_by_vault(few, left_out, quiet)]
    without = {name: replace(weights, related=weights.by_words) for name, weights in left_out.items()}
    lines += ["", "## By threshold (means over the vaults)", ""]
    lines += ["| quiet | silent | silent, planted | lost | lost, new note | no model: silent | no model: lost |"]
    lines += ["|---" * 7 + "|"]
    for threshold in sorted({*THRESHOLDS, quiet}):
        row = [*_means(vaults, left_out, threshold), *_means(vaults, without, threshold)[0:3:2]]
        lines.append(f"| {threshold:g} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    return [*lines, "", "## Pairs that answer most", "", *_pairs(vaults, left_out, quiet)]


def _means(
    vaults: Mapping[str, Asked], tables: Mapping[str, Weights], quiet: float
) -> tuple[float, float, float, float]:
    """Means of silence to strangers and planted texts, and of the loss; of the latter over vaults with enough links."""
    enough = {name: asked for name, asked in vaults.items() if len(asked.modes["hidden"]) >= _FEW}
    return (
        _mean([silent(asked.strangers, tables[name], quiet) for name, asked in vaults.items()]),
        _mean([silent(asked.planted, tables[name], quiet) for name, asked in vaults.items()]),
        _mean([lost(asked.modes["hidden"], tables[name], quiet) for name, asked in enough.items()]),
        _mean([lost(asked.new, tables[name], quiet) for name, asked in enough.items()]),
    )


def _by_vault(vaults: Mapping[str, Asked], left_out: Mapping[str, Weights], quiet: float) -> list[str]:
    heads = [
        "vault",
        "silent",
        "other vaults",
        *_OWN_TEXTS,
        "planted",
        *(f"lost, {mode}" for mode in MODES),
        "new note",
    ]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    rows = []
    for name, asked in vaults.items():
        weights = left_out[name]
        others = [question for question in asked.strangers if question.source not in _OWN_TEXTS]
        kinds = [[question for question in asked.strangers if question.source == kind] for kind in _OWN_TEXTS]
        quiets = [silent(some, weights, quiet) for some in (asked.strangers, others, *kinds, asked.planted)]
        losses = [asked.modes[mode] for mode in MODES] + [asked.new]
        enough = len(asked.modes["hidden"]) >= _FEW
        rows.append(quiets + [lost(some, weights, quiet) if enough else float("nan") for some in losses])
        lines.append(f"| {name} | " + " | ".join(map(_cell, rows[-1])) + " |")
    means = [_mean([row[at] for row in rows]) for at in range(len(heads) - 1)]
    return [*lines, "| **mean** | " + " | ".join(f"**{_cell(value)}**" for value in means) + " |"]


def _pairs(vaults: Mapping[str, Asked], left_out: Mapping[str, Weights], quiet: float) -> list[str]:
    lines = ["| vault | paragraphs of | silent |", "|---|---|---|"]
    pairs = []
    for name, asked in vaults.items():
        for source in dict.fromkeys(question.source for question in asked.strangers):
            some = [question for question in asked.strangers if question.source == source]
            pairs.append((silent(some, left_out[name], quiet), name, source))
    return lines + [f"| {name} | {source} | {share:.2f} |" for share, name, source in sorted(pairs)[:_FEW]]


def _cell(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--quiet", type=float, default=Options().quiet)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    args = parser.parse_args()
    left_out = load_left_out(args.questions)
    text = "\n".join(report(load_all(args.questions), left_out, args.quiet))
    print(text)
    if args.write:
        REPORT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
