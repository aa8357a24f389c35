"""What does a rough semantic pass give, until the model has embedded the passages?

    OPENBLAS_NUM_THREADS=1 python bench/rough.py DATA LINKBENCH [--vaults ...] [--max 300] [--write]

Readers of one index answer linkbench's questions with the same weights: by words and links alone; when 256 passages
(then half of all) are embedded, by these vectors alone ("few"), which is what a reader without rough vectors would do,
and with rough vectors for all others (index/rough.py); and with all vectors.  `card` is the share of questions for
which a linked note is on the card at the default `quiet`.  The cost of either vector is processor time of this run.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from time import process_time
from typing import Any

from keeping_report import REPORT, machine, markdown_table, write_section
from questions import MODES, asked, load_linkbench, moment_of, opened
from relevance import evaluate

from recall_lsp.config import Options
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.rough import _LESSONS, Rough
from recall_lsp.index.rows import embedded_text, text_hash
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.vectors import _SCHEMA, get_embeddings
from recall_lsp.recall.baselines import full
from recall_lsp.recall.rank import default_weights
from recall_lsp.recall.related import related

_VAULTS = ("gasquez-handbook", "obsidian-help-en", "simplystats-jekyll")
_TIMED = 256
COLUMNS = ("words", "256: few", "256: rough", "half: few", "half: rough", "all vectors")


class _Few(Matrix):
    """Asked however little it holds."""

    tells = True


def texts_of(vault: Vault) -> dict[int, str]:
    """The texts by their key, in the order in which they are embedded."""
    newest = sorted(vault.entries.values(), key=lambda entry: (-entry.modified, entry.id))
    found = (embedded_text(row.passage) for entry in newest for row in vault.passages_of(entry.id))
    return {text_hash(text): text for text in found if text}


def embedded(vault: Vault, keys: Sequence[int], matrix: type[Matrix]) -> Vault:
    """The vault as it is when only these keys are embedded."""
    assert vault._embeddings is not None and vault._catalog is not None and vault.encoder is not None
    known = get_embeddings(vault._embeddings, keys)
    table = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    table.execute(_SCHEMA)
    table.executemany("INSERT INTO vectors (hash, vector) VALUES (?, ?)", ((key, known[key]) for key in keys))
    vault._embeddings, vault.matrix = table, matrix(table, vault.encoder.dims)
    vault.matrix.apply(vault._catalog, list(vault.entries), ())
    vault._rough = Rough(vault.encoder, vault.matrix)
    return vault


def roughened(vault: Vault, keys: Sequence[int]) -> Vault:
    vault = embedded(vault, keys, Matrix)
    assert vault._rough is not None and vault._catalog is not None
    while vault._rough.waiting:
        vault._rough.step(vault._catalog)
    return vault


def without_model(folder: Path) -> Vault:
    vault = open_vault(folder, Options(model="none"))
    while vault.refresh(1 << 30):
        pass
    return vault


def readers(folder: Path) -> dict[str, Vault]:
    keys = [*texts_of(opened(folder))]
    at = {"256": keys[: _LESSONS[0]], "half": keys[: len(keys) // 2]}
    found = {"words": without_model(folder), "all vectors": opened(folder)}
    for name, some in at.items():
        found[f"{name}: few"] = embedded(opened(folder), some, _Few)
        found[f"{name}: rough"] = roughened(opened(folder), some)
    return found


def measure(linkbench: Any, data: Path, name: str, modes: list[str], most: int) -> dict[tuple[str, str], list[float]]:
    """(nDCG@10, share on the card) by mode and column."""
    folder = data / "vaults" / name
    weights = default_weights()
    scores: dict[tuple[str, str], list[float]] = {}
    found = readers(folder)
    for mode in modes:
        rows = asked(linkbench, folder, data / "links" / f"{name}.jsonl", mode, most)
        for column in COLUMNS:
            (ranked,) = evaluate(found[column], rows, {column: full(weights)}).values()
            shown = [on_card(found[column], row) for row in rows]
            scores[mode, column] = [linkbench.score(rows, ranked)["ndcg@10"], mean(shown)]
            print(name, mode, column, scores[mode, column], flush=True)
    return scores


def on_card(vault: Vault, row: dict[str, Any]) -> bool:
    hits = related(vault, moment_of(row["request"]), Options().limit, Options().quiet, default_weights())
    return any(hit.path in row["gold"] for hit in hits)


def cost(folder: Path) -> tuple[float, float]:
    """Milliseconds of processor for a passage's rough vector, what was learned counted, and for its own."""
    vault = opened(folder)
    texts = texts_of(vault)
    keys = [*texts]
    started = process_time()
    matrix = roughened(vault, keys[: _LESSONS[0]]).matrix
    rough = (process_time() - started) / max(matrix.rough if matrix else 1, 1)
    assert vault.encoder is not None
    started = process_time()
    vault.encoder.encode([texts[key] for key in keys[-_TIMED:]])
    return 1000 * rough, 1000 * (process_time() - started) / len(keys[-_TIMED:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/ and links/")
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("--vaults", nargs="*", default=list(_VAULTS))
    parser.add_argument("--modes", nargs="*", default=["hidden", "prefix"], choices=MODES)
    parser.add_argument("--max", type=int, default=300)
    parser.add_argument("--write", action="store_true", help=f"write the section of {REPORT.name}")
    arguments = parser.parse_args()
    linkbench = load_linkbench(arguments.linkbench)
    found = {
        name: measure(linkbench, arguments.data, name, arguments.modes, arguments.max) for name in arguments.vaults
    }
    costs = {name: cost(arguments.data / "vaults" / name) for name in arguments.vaults}
    lines = ["## A rough semantic pass (`bench/rough.py`)", "", machine(), ""]
    for at, what in enumerate(
        ("nDCG@10 of linkbench's questions", "Share of questions with a linked note on the card")
    ):
        rows = [
            [name, mode, *(f"{scores[mode, column][at]:.3f}" for column in COLUMNS)]
            for name, scores in found.items()
            for mode in arguments.modes
        ]
        means = [mean(scores[mode, c][at] for scores in found.values() for mode in arguments.modes) for c in COLUMNS]
        rows.append(["**mean**", "", *(f"**{value:.3f}**" for value in means)])
        lines += [f"{what}:", "", *markdown_table(("vault", "mode", *COLUMNS), rows), ""]
    told = "; ".join(f"{name} {rough:.2f} and {own:.2f}" for name, (rough, own) in costs.items())
    lines += [f"Milliseconds of processor a passage, rough and its own: {told}."]
    print("\n".join(lines))
    if arguments.write:
        write_section("rough", lines)


if __name__ == "__main__":
    main()
