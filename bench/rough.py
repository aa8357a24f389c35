"""Would a rough semantic pass help, until the model has embedded the passages?

    python bench/rough.py DATA LINKBENCH [--vaults ...] [--modes hidden prefix] [--max 300] [--write]

Three readers of one index answer linkbench's questions with the same weights: by words and links alone, as before the
first passage is embedded; with sketches (the static table beside the model, some 20 µs a text) in place of the model's
vectors, for passages and for what is asked; and with the model's own vectors.  "Sketches alone" and "vectors alone"
rank notes by their best passage.  A rough pass is worth its while where "words and sketches" beats "words".
"""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path
from statistics import mean
from types import SimpleNamespace
from typing import Any, cast

from keeping_report import REPORT, machine, markdown_table, write_section
from questions import MODES, asked, load_linkbench, opened
from relevance import evaluate

from recall_lsp.config import Options
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.rows import embedded_text, text_hash
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.vectors import _SCHEMA, Matrix, put_embeddings
from recall_lsp.recall.baselines import by_meaning, full
from recall_lsp.recall.rank import default_weights

_VAULTS = ("gasquez-handbook", "obsidian-help-en", "simplystats-jekyll")
_AT_ONCE = 256
COLUMNS = ("words", "words and sketches", "words and vectors", "sketches alone", "vectors alone")


def by_sketches(vault: Vault) -> Vault:
    """The same vault, with sketches for vectors."""
    encoder, catalog = vault.encoder, vault._catalog
    assert encoder is not None and catalog is not None
    embeddings = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    embeddings.execute(_SCHEMA)
    texts = {
        text_hash(text): text
        for note in vault.entries
        for row in vault.passages_of(note)
        if (text := embedded_text(row.passage))
    }
    keys = list(texts)
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        put_embeddings(embeddings, some, encoder.sketch([texts[key] for key in some]))
    dims = encoder.sketch(["a"]).shape[1]
    rough = SimpleNamespace(
        model_id="rough", dims=dims, languages=encoder.languages, max_tokens=encoder.max_tokens,
        encode=encoder.sketch, sketch=encoder.sketch, count_tokens=encoder.count_tokens,
    )  # fmt: skip
    vault.encoder, vault._embeddings = cast(Encoder, rough), embeddings
    vault.matrix = Matrix(embeddings, dims)
    vault.matrix.apply(catalog, list(vault.entries), ())
    vault._encoded.cache_clear()
    return vault


def without_model(folder: Path) -> Vault:
    vault = open_vault(folder, Options(model="none"))
    while vault.refresh(1 << 30):
        pass
    return vault


def measure(linkbench: Any, data: Path, name: str, modes: list[str], most: int) -> dict[str, dict[str, float]]:
    """nDCG@10 by mode and column."""
    folder = data / "vaults" / name
    ours = full(default_weights())
    questions = {mode: asked(linkbench, folder, data / "links" / f"{name}.jsonl", mode, most) for mode in modes}
    readers = (
        (without_model(folder), {"words": ours}),
        (by_sketches(opened(folder)), {"words and sketches": ours, "sketches alone": by_meaning}),
        (opened(folder), {"words and vectors": ours, "vectors alone": by_meaning}),
    )
    scores: dict[str, dict[str, float]] = {mode: {} for mode in modes}
    for vault, systems in readers:
        for mode, rows in questions.items():
            answers = evaluate(vault, rows, dict(systems))
            scores[mode] |= {system: linkbench.score(rows, ranked)["ndcg@10"] for system, ranked in answers.items()}
            print(name, mode, scores[mode], flush=True)
    return scores


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
    rows = [
        [name, mode, *(f"{scores[mode][column]:.3f}" for column in COLUMNS)]
        for name, scores in found.items()
        for mode in arguments.modes
    ]
    means = [mean(scores[mode][column] for scores in found.values() for mode in arguments.modes) for column in COLUMNS]
    rows.append(["**mean**", "", *(f"**{value:.3f}**" for value in means)])
    lines = ["## A rough semantic pass (`bench/rough.py`)", "", machine(), "", "nDCG@10 of linkbench's questions.", ""]
    lines += markdown_table(("vault", "mode", *COLUMNS), rows)
    print("\n".join(lines))
    if arguments.write:
        write_section("rough", lines)


if __name__ == "__main__":
    main()
