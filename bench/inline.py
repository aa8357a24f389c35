"""Is the ghost text what the writer writes next?  Held-out notes typed key by key, beside two baselines, in one run.

    python bench/inline.py DATA WORK [--vaults ...] [--keys N] [--write] [--fit]

The newest tenth of each vault's notes is held out (by date where most notes tell one, else by hash), the rest is
indexed in WORK, and of the held-out prose some N keys a vault are typed.  With --write the figures and the picture
beside this file are written, with --fit the weights in the package.  WORK keeps what was recorded: --again reports on
it without typing anything.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from inline_baselines import history, ngrams
from inline_data import held_out, indexed_without, writings
from inline_fit import fit, left_out, write_weights
from inline_links import LinkRecord, record_links
from inline_replay import JUDGED, Record, load, replay, save
from inline_report import REPORT, write_report
from questions import opened

from recall_lsp.recall.continuation import FEATURES
from recall_lsp.recall.naming import FEATURES as LINK_FEATURES

NOTES_WITH_LINKS = 60


def record(data: Path, work: Path, name: str, keys: int) -> None:
    full = opened(data / "vaults" / name)
    gone = held_out(full)
    vault = indexed_without(full, work / name, gone)
    while vault.namings.waiting:  # it takes them in by and by
        pass
    links = record_links(vault, full.root, gone, NOTES_WITH_LINKS)
    counts = np.array([links.made, links.keys])
    np.savez_compressed(work / f"{name}.links.npz", counts=counts, features=links.features, right=links.right)
    save(str(work / f"{name}.npz"), replay(vault, ngrams(vault), history(vault), writings(full.root, gone, keys)))
    vault.close()
    full.close()


def load_links(path: Path) -> LinkRecord:
    table = np.load(path)
    return LinkRecord(int(table["counts"][0]), int(table["counts"][1]), table["features"], table["right"])


def rows(table: Record) -> tuple[np.ndarray, np.ndarray]:
    ours = table.tables["ours"]
    return ours[:, len(JUDGED) :], ours[:, JUDGED.index("right")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with vaults/")
    parser.add_argument("work", type=Path)
    parser.add_argument("--vaults", nargs="*", default=[])
    parser.add_argument("--keys", type=int, default=8_000)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} and its picture")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    names = args.vaults or sorted(path.name for path in (args.data / "vaults").iterdir() if path.name != "seeds")
    for name in names if not args.again else []:
        record(args.data, args.work, name, args.keys)
        print(name, flush=True)
    records = {name: load(str(args.work / f"{name}.npz")) for name in names}
    links = {name: load_links(args.work / f"{name}.links.npz") for name in names}
    words_rows = {name: rows(table) for name, table in records.items()}
    link_rows = {name: (table.features, table.right) for name, table in links.items()}
    if args.fit:
        models = {"continuation": (FEATURES, fit(list(words_rows.values())))}
        write_weights(models | {"link": (LINK_FEATURES, fit(list(link_rows.values())))})
    write_report(records, links, left_out(words_rows), left_out(link_rows), write=args.write)


if __name__ == "__main__":
    main()
