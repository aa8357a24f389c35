"""Where do an index's bytes go?

    python bench/disk.py VAULT [VAULT ...] [--write]

Reads the indexes that are there (`recall-lsp index VAULT` makes them) and writes nothing into them.  The target is 1.5
times the notes' text and 600 bytes a passage.
"""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import closing
from pathlib import Path

from keeping_report import REPORT, machine, markdown_table, write_section

from recall_lsp.index.catalog import open_catalog
from recall_lsp.index.places import index_dir

PARTS = ("vectors", "phrases", "lexical", "notes", "chunks", "passages", "rest")
COLUMNS = ("vault", "notes", "passages", "text MB", *(f"{part} KB" for part in PARTS), "all MB", "target MB", "ratio")


def sizes(folder: Path) -> Counter[str]:
    """Bytes by part: files by their names, the catalog by its tables."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        top = path.relative_to(folder).parts[0]
        if path.is_file() and not top.startswith("catalog"):
            found[next((part for part in PARTS if top.startswith(part)), "rest")] += path.stat().st_size
    with closing(open_catalog(folder / "catalog.db", write=False)) as catalog:
        tables = dict(catalog.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    for name, size in tables.items():
        found[name if name in PARTS else "rest"] += size
    return found


def row(vault: Path) -> list[str]:
    folder = index_dir(vault)
    with closing(open_catalog(folder / "catalog.db", write=False)) as catalog:
        notes, text = catalog.execute("SELECT count(*), sum(size) FROM notes").fetchone()
        passages = catalog.execute("SELECT count(*) FROM passages").fetchone()[0]
    found = sizes(folder)
    target = 1.5 * text + 600 * passages
    return [
        vault.name, f"{notes:,}", f"{passages:,}", f"{text / 1e6:.1f}",
        *(f"{found[part] / 1e3:,.0f}" for part in PARTS),
        f"{found.total() / 1e6:.2f}", f"{target / 1e6:.2f}", f"{found.total() / target:.2f}",
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vaults", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help=f"write the section of {REPORT.name}")
    arguments = parser.parse_args()
    rows = [row(vault.resolve()) for vault in arguments.vaults]
    lines = ["## Where the bytes are (`bench/disk.py`)", "", machine(), ""]
    lines += [
        "`notes`, `chunks` (the passages' text) and `passages` are tables of the catalog, the indexes are `rest`.",
        "",
    ]
    lines += markdown_table(COLUMNS, rows)
    print("\n".join(lines))
    if arguments.write:
        write_section("disk", lines)


if __name__ == "__main__":
    main()
