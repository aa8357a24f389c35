"""`check` finds each kind of damage, `repair` mends it, and nothing whole is made again."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from vaults import found, index, indexed, paths, read_vault, vectors_made, write_notes

from recall_lsp.config import load_options
from recall_lsp.index import catalog as cat
from recall_lsp.index.check import Finding, check, held, repair
from recall_lsp.index.lexical import LexicalWriter, _add
from recall_lsp.index.places import index_dir

NOTES = {
    "bread.md": "# Dough\n\nBread and soup at night.",
    "river.md": "The river road to the island.\n\nA second passage of the river.",
    "sub/train.md": "A night train, a book and some salt.",
}


@pytest.fixture
def whole(root: Path, tiny: str) -> Callable[[], list[Finding]]:
    """An indexed folder; the call looks at it."""
    indexed(root, NOTES, model=tiny).close()
    options, _ = load_options(root, {"model": tiny})
    return lambda: check(root, options)


def edit(name: str, statement: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (path,) = folder.glob(name)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement)

    return damage


def alter(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Files replaced by others, as a backup would: what is mapped stays whole."""

    def damage(folder: Path) -> None:
        for path in folder.glob(name):
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(change(content))

    return damage


def garbage(name: str) -> Callable[[Path], None]:
    return alter(name, lambda _: b"garbage, " * 2000)


def cut(name: str) -> Callable[[Path], None]:
    return alter(name, lambda content: content[:-20])


def flip(name: str) -> Callable[[Path], None]:
    return alter(name, lambda content: bytes([content[0] ^ 1]) + content[1:])


def lose_a_document(folder: Path) -> None:
    writer = LexicalWriter(folder / "lexical")
    writer._delete(1)
    commit(writer)


def add_a_document(folder: Path) -> None:
    writer = LexicalWriter(folder / "lexical")
    with closing(cat.open_catalog(folder / "catalog.db", write=False)) as catalog:
        row, parts = cat.note_by_id(catalog, 1), cat.passages_of(catalog, [1])
    assert row is not None
    _add(*writer._writers, row, parts, "en")
    commit(writer)


def commit(writer: LexicalWriter) -> None:
    for part in writer._writers:
        part.commit()


BROKEN = {
    "catalog is garbage": ("catalog", garbage("catalog.db")),
    "a passage lost": ("catalog", edit("catalog.db", "DELETE FROM passages WHERE id = 2")),
    "older catalog": ("catalog", edit("catalog.db", "PRAGMA user_version = 1")),
    "newer catalog": ("catalog", edit("catalog.db", "PRAGMA user_version = 99")),
    "a note of a commit that never was": ("catalog", edit("catalog.db", "UPDATE notes SET seq = 99")),
    "a text under another's key": ("catalog", edit("catalog.db", "UPDATE passages SET hash = 7 WHERE id = 1")),
    "a text of a passage that has gone": ("catalog", edit("catalog.db", "INSERT INTO chunks VALUES (99, x'')")),
    "a text altered": ("catalog", edit("catalog.db", "UPDATE chunks SET content = zeroblob(40) WHERE first = 1")),
    "a passage of no note": ("catalog", edit("catalog.db", "UPDATE passages SET note = 77 WHERE id = 1")),
    "a note both there and skipped": (
        "catalog",
        edit("catalog.db", "INSERT INTO skipped SELECT path, size, mtime_ns, inode, '', 0 FROM notes"),
    ),
    "full text cut short": ("full text", cut("lexical/notes/*.term")),
    "full text altered": ("full text", flip("lexical/passages/*.idx")),
    "full text without its list": ("full text", garbage("lexical/notes/meta.json")),
    "full text lacks a note": ("full text", lose_a_document),
    "full text holds a note twice": ("full text", add_a_document),
    "vectors are garbage": ("vectors", garbage("vectors-*.db")),
    "a vector of a wrong length": ("vectors", edit("vectors-*.db", "UPDATE vectors SET vector = x'00' WHERE id = 1")),
}


def test_nothing_is_found_in_a_whole_index(whole: Callable[[], list[Finding]]) -> None:
    assert whole() == []


@pytest.mark.parametrize(("part", "damage"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_found_and_mended(
    root: Path, tiny: str, whole: Callable[[], list[Finding]], part: str, damage: Callable[[Path], None]
) -> None:
    vectors = vectors_made(root)
    damage(index_dir(root))
    findings = whole()
    assert [finding.part for finding in findings if finding.broken][:1] == [part], findings
    assert all("\n" not in finding.what and "river" not in finding.what for finding in findings)
    with held(root) as ours:
        assert ours
        repair(root, findings)
    index(root, model=tiny)
    assert whole() == []
    vault = read_vault(root, model=tiny)
    assert paths(vault) == sorted(NOTES) and found(vault, "the river road")[0] == "river.md"
    again = 1 if damage is BROKEN["a vector of a wrong length"][1] else 0
    assert vectors_made(root) == vectors + again, "nothing whole is embedded again"


def lose_the_view(root: Path) -> None:
    shutil.rmtree(index_dir(root) / "lexical")


def lose_the_vectors(root: Path) -> None:
    for path in index_dir(root).glob("vectors-*"):
        path.unlink()


def write_another(root: Path) -> None:
    write_notes(root, {"new.md": "Another."})


def commit_without_views(root: Path) -> None:
    with closing(cat.open_catalog(index_dir(root) / "catalog.db", write=True)) as catalog, cat.transaction(catalog):
        pass


@pytest.mark.parametrize("change", [lose_the_view, lose_the_vectors, write_another, commit_without_views])
def test_what_the_next_keeper_makes_up_is_not_broken(
    root: Path, tiny: str, whole: Callable[[], list[Finding]], change: Callable[[Path], None]
) -> None:
    change(root)
    findings = whole()
    assert findings and not any(finding.broken for finding in findings)
    index(root, model=tiny)
    assert whole() == []


def test_a_change_that_left_no_trace_is_found(root: Path, tiny: str, whole: Callable[[], list[Finding]]) -> None:
    status = (root / "bread.md").stat()
    (root / "bread.md").write_bytes(NOTES["bread.md"].replace("soup", "salt").encode())
    os.utime(root / "bread.md", ns=(status.st_atime_ns, status.st_mtime_ns))
    (finding,) = whole()
    assert finding.part == "folder" and finding.broken
    repair(root, [finding])
    index(root, model=tiny)
    assert whole() == []
    assert found(read_vault(root), "salt")[0] == "bread.md"


def test_a_folder_that_is_away_is_no_damage(root: Path, whole: Callable[[], list[Finding]]) -> None:
    shutil.rmtree(root)
    (finding,) = whole()
    assert finding.part == "folder" and not finding.broken and "kept until" in finding.what


def test_a_keeper_holds_the_index(root: Path, whole: Callable[[], list[Finding]]) -> None:
    with held(root) as first, held(root) as second:
        assert (first, second) == (True, False)
