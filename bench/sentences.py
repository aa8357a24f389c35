"""Which sentence of a passage is shown?  Ours beside the full encoder's choice, the first and that by words alone.

    python bench/sentences.py DATA LINKBENCH [--write]

The pairs are linkbench's: the paragraph that a person linked a note from, and the passage of that note (of three
sentences or more) that is nearest to it.  The full encoder, too slow for this while someone writes, says how near
each sentence is to the paragraph.  The weight of the words is chosen on every second pair; the rest is reported.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from questions import asked, load_linkbench, opened

from recall_lsp.index.terms import stop_terms, terms
from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.notes.sentences import sentences
from recall_lsp.recall import explain
from recall_lsp.recall.model import Moment
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import make_query

REPORT = Path(__file__).parent / "SENTENCES.md"
VAULTS = (
    "braindump-orgroam", "dendron-site", "gasquez-handbook", "obsidian-help-en", "simplystats-jekyll",
    "kmaasrud-brain", "logseq-docs",
)  # fmt: skip
WORD_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
_EACH = 70
_PARAGRAPH = 60
_SENTENCES = 3

Row = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage's sentences [n] by: cosine of the full encoder to the paragraph (`exact`) and to the sentence before
    the cursor (`exact_sentence`), those of the sketch (`alike`, `alike_sentence`), `shared` words of 0 to 1, `stub`.

    `by_words` is the place of the choice by words alone.  `seconds` of processor time went into choosing.
    """

    exact: Row
    exact_sentence: Row
    alike: Row
    alike_sentence: Row
    shared: Row
    stub: Row
    by_words: int
    seconds: float


Choice = Callable[[Pair], int]


def pairs(vault: Vault, rows: Sequence[dict[str, Any]], most: int) -> list[Pair]:
    found: list[Pair] = []
    for row in rows:
        request = row["request"]
        offset = sum(len(line) + 1 for line in request["text"].split("\n")[: request["line"]]) + request["character"]
        moment = moment_at(read_text(request["path"], request["text"]), request["text"], offset)
        if len(moment.paragraph) >= _PARAGRAPH and len(found) < most:
            found += make_pair(vault, moment, [vault.ids[path] for path in sorted(row["gold"]) if path in vault.ids])
    return found


def make_pair(vault: Vault, moment: Moment, golds: Sequence[int]) -> list[Pair]:
    """One pair, or none where no passage has enough sentences."""
    assert vault.matrix is not None and vault.encoder is not None
    query = make_query(vault, moment)
    passages = [
        (float(vector @ query.meaning), row)
        for gold in golds
        for row in vault.passages_of(gold)
        if len(sentences(row.passage.text)) >= _SENTENCES
        and query.meaning is not None
        and (vector := vault.matrix.vector_of(row.id)) is not None
    ]
    alike = explain.likeness(vault.encoder, moment)
    if not passages or alike is None:
        return []
    _, row = max(passages, key=lambda pair: pair[0])
    text, language = row.passage.text, vault.entries[row.note].language
    weight = {term: query.idf[term] for term in query.words if term not in stop_terms(query.language)}
    spans = sentences(text)
    written = [text[slice(*span)] for span in spans]
    by_words = explain.sentence_that_matters(text, weight, language)
    started = process_time()
    explain.sentence_that_matters(text, weight, language, alike)
    seconds = process_time() - started
    vectors = vault.encoder.encode([*written, moment.paragraph, moment.sentence])
    rows = vault.encoder.sketch([*written, moment.paragraph, moment.sentence])
    return [
        Pair(
            exact=vectors[:-2] @ vectors[-2],
            exact_sentence=vectors[:-2] @ vectors[-1],
            alike=rows[:-2] @ rows[-2],
            alike_sentence=rows[:-2] @ rows[-1],
            shared=explain.overlap([terms(sentence, language) for sentence in written], weight),
            stub=np.array([explain.is_stub(sentence) for sentence in written], np.float32),
            by_words=max(at for at, span in enumerate(spans) if span[0] <= by_words[0]),
            seconds=seconds,
        )
    ]


def ours(words: float, sentence: float = explain.SENTENCE, stub: float = explain.STUB) -> Choice:
    def choose(pair: Pair) -> int:
        alike = sentence * pair.alike_sentence + (1 - sentence) * pair.alike
        return int(np.argmax(alike + words * pair.shared - stub * pair.stub))

    return choose


def figures(chosen: Choice, some: Sequence[Pair]) -> tuple[float, float, float]:
    """How often the full encoder's choice; mean cosine of the choices to their paragraphs and sentences."""
    places = [chosen(pair) for pair in some]
    same = mean(float(place == int(np.argmax(pair.exact))) for place, pair in zip(places, some, strict=True))
    near = mean(float(pair.exact[place]) for place, pair in zip(places, some, strict=True))
    return same, near, mean(float(pair.exact_sentence[place]) for place, pair in zip(places, some, strict=True))


def report(found: Sequence[Pair]) -> str:
    tuning, rest = found[::2], found[1::2]
    best = max(WORD_WEIGHTS, key=lambda words: figures(ours(words), tuning)[1])
    words = explain.WORDS
    contenders: dict[str, Choice] = {
        "the full encoder": lambda pair: int(np.argmax(pair.exact)),
        f"**ours**, words' weight {words:g} as set": ours(words),
        f"ours, words' weight {best:g} as the tuning half has it": ours(best),
        "ours, stubs let be": ours(words, stub=0.0),
        "ours, like the paragraph alone": ours(words, 0.0),
        "ours, like the sentence alone": ours(words, 1.0),
        "by meaning (sketch) alone": ours(0.0),
        "by shared words alone": lambda pair: pair.by_words,
        "the first sentence": lambda pair: 0,
    }
    lines = [
        "| choice | the full encoder's | cosine to the paragraph | to the sentence | to the paragraph, tuning half |",
        "|---|---|---|---|---|",
    ]
    for name, chosen in contenders.items():
        (same, near, to_sentence), (_, before, _) = figures(chosen, rest), figures(chosen, tuning)
        lines.append(f"| {name} | {same:.0%} | {near:.3f} | {to_sentence:.3f} | {before:.3f} |")
    spent = sorted(pair.seconds * 1e6 for pair in found)
    size = mean(len(pair.exact) for pair in found)
    return "\n".join([
        *lines, "",
        f"{len(found)} pairs of {len(VAULTS)} vaults, {size:.1f} sentences each; {len(rest)} of them scored.",
        f"Choosing one of them costs {spent[len(spent) // 2]:.0f} µs of processor time (median), "
        f"{spent[int(0.95 * len(spent))]:.0f} µs (95th percentile).", "",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write the table into {REPORT.name} too")
    args = parser.parse_args()
    linkbench = load_linkbench(args.linkbench)
    found: list[Pair] = []
    for name in VAULTS:
        folder = args.data / "vaults" / name
        vault = opened(folder)
        found += pairs(vault, asked(linkbench, folder, args.data / "links" / f"{name}.jsonl", "hidden", 300), _EACH)
        vault.close()
    if not found:
        raise SystemExit("no pair: is the model compiled, with its sketch?")
    table = report(found)
    print(table)
    if args.write:
        REPORT.write_text(f"# The sentence that is shown\n\n{(__doc__ or '').strip()}\n\n{table}", encoding="utf-8")


if __name__ == "__main__":
    main()
