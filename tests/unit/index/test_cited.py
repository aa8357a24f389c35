"""Which notes a passage links to: of the passage, not of all its note."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from vaults import follow, index, indexed, write_notes

from recall_lsp.index.catalog import passage_ids
from recall_lsp.index.vault import Vault

_LONG = " The path winds on and on." * 60
NOTES = {
    "walks.md": f"# Hills\n\nUp to [[tower]].{_LONG}\n\n# Shore\n\nAlong [[lagoon]] and [[tower]].{_LONG}\n",
    "tower.md": "A tower stands on the hill.\n",
    "lagoon.md": "Brackish water behind a bar of sand. See [[lagoon]] and [[a note not written]].\n",
}


def cited(vault: Vault, path: str) -> list[set[str]]:
    """The paths that each passage of a note links to."""
    note = vault.ids[path]
    passages = [row.id for row in vault.passages_of(note)]
    found = vault.cited_by(passages, [note] * len(passages))
    return [{vault.entries[target].path for target in targets} for targets in found]


def test_each_passage_has_its_own(root: Path) -> None:
    found = cited(indexed(root, NOTES), "walks.md")
    assert [some for some in found if some] == [{"tower.md"}, {"lagoon.md", "tower.md"}] and set() in found


def test_neither_the_note_itself_nor_what_is_not_there(root: Path) -> None:
    assert cited(indexed(root, NOTES), "lagoon.md") == [set()]


def test_it_follows_changes(root: Path) -> None:
    vault = indexed(root, NOTES)
    assert cited(vault, "walks.md")[0] == {"tower.md"}
    write_notes(root, {"walks.md": "Only [[lagoon]] now.\n"})
    index(root)
    follow(vault)
    assert cited(vault, "walks.md") == [{"lagoon.md"}]
    (root / "lagoon.md").unlink()
    index(root)
    follow(vault)
    assert cited(vault, "walks.md") == [set()]


def test_a_note_that_has_gone_cites_nothing(root: Path) -> None:
    assert indexed(root, NOTES).cited_by([1, 2], [998, 999]) == [frozenset(), frozenset()]


def test_what_was_read_ahead_is_not_read_when_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(catalog: sqlite3.Connection, notes: Sequence[int]) -> dict[int, list[int]]:
        read.extend(notes)
        return passage_ids(catalog, notes)

    monkeypatch.setattr("recall_lsp.index.cited.passage_ids", counted)
    vault = indexed(root, NOTES)
    while vault.prepare():
        pass
    assert {vault.entries[note].path for note in read} == {"walks.md", "lagoon.md"}, "those with links"
    read.clear()
    assert cited(vault, "walks.md")[0] == {"tower.md"}
    assert read == []
    write_notes(root, {"walks.md": "Only [[lagoon]] now.\n"})
    index(root)
    follow(vault)
    while vault.prepare():
        pass
    assert cited(vault, "walks.md") == [{"lagoon.md"}]
    assert read == [vault.ids["walks.md"]]
