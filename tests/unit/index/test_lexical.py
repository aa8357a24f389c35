from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from recall_lsp.index import catalog as cat
from recall_lsp.index.lexical import Lexical, LexicalWriter, view_state
from recall_lsp.index.rows import FileState, NoteRow
from recall_lsp.index.terms import terms
from recall_lsp.notes.read import read_text

NOTES = {
    "bread.md": ("en", "---\naliases: [Sourdough]\ntags: [baking]\n---\nThe dough rested all night.\n"),
    "river.md": ("en", "The ferry crossed two rivers.\n\n# Tides\n\nNothing rested here. `git rebase`\n"),
    "cafe.md": ("fr", "Un café près de la rivière."),
    "nuka.md": ("ja", "でも、待つあいだが仕事なんです。"),
}


@pytest.fixture
def catalog(tmp_path: Path) -> sqlite3.Connection:
    connection = cat.open_catalog(tmp_path / "catalog.db", write=True)
    for path in NOTES:
        put(connection, path)
    return connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lexical"


def put(catalog: sqlite3.Connection, path: str, text: str | None = None) -> None:
    language, known = NOTES.get(path, ("en", ""))
    with cat.transaction(catalog) as seq:
        cat.put_note(catalog, seq, read_text(path, text or known), language, FileState(1, 1), 0)


def remove(catalog: sqlite3.Connection, path: str) -> None:
    with cat.transaction(catalog) as seq:
        cat.remove_note(catalog, seq, path)


def found(catalog: sqlite3.Connection, view: Lexical, text: str, language: str = "en") -> list[str]:
    """Paths by whole notes, after the same by passages was seen to hold no other note in the body."""
    names = {row.id: row.path for _, row in cat.notes_since(catalog, (0, cat.LAST_ID), 2000)}
    query: Mapping[str, float] = dict.fromkeys(terms(text, language), 1.0)
    by_note = view.search_notes(query, 10)
    assert set(view.search_passages(query, 10).notes) <= set(by_note.keys)
    return [names[key] for key in by_note.keys]


def updated(catalog: sqlite3.Connection, folder: Path) -> Lexical:
    LexicalWriter(folder).update(catalog)
    return Lexical(folder)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("resting", "en", ["bread.md", "river.md"]),
        ("RIVER", "en", ["river.md"]),
        ("cafe riviere", "fr", ["cafe.md"]),
        ("待つあいだ", "ja", ["nuka.md"]),
        ("sourdough", "en", ["bread.md"]),
        ("baking", "en", ["bread.md"]),
        ("tide", "en", ["river.md"]),
        ("rebase", "en", ["river.md"]),
        ("nowhere", "en", []),
        ("", "en", []),
    ],
)
def test_found(catalog: sqlite3.Connection, folder: Path, text: str, language: str, expected: list[str]) -> None:
    assert sorted(found(catalog, updated(catalog, folder), text, language)) == expected


def test_passages_are_found_by_their_heading_and_belong_to_their_note(
    catalog: sqlite3.Connection, folder: Path
) -> None:
    scored = updated(catalog, folder).search_passages({"tide": 1.0}, 5)
    [row] = cat.passages_by_id(catalog, scored.keys).values()
    assert (row.passage.headings, (row.note,)) == (("Tides",), scored.notes)


def test_weights_order(catalog: sqlite3.Connection, folder: Path) -> None:
    view = updated(catalog, folder)
    names = {row.id: row.path for _, row in cat.notes_since(catalog, (0, cat.LAST_ID), 2000)}
    for heavy, light, first in (("ferri", "dough", "river.md"), ("dough", "ferri", "bread.md")):
        scored = view.search_notes({heavy: 3.0, light: 1.0}, 5)
        assert names[scored.keys[0]] == first
        assert list(scored.scores) == sorted(scored.scores, reverse=True)
    assert len(view.search_notes({"ferri": 1.0, "dough": 1.0}, 1).keys) == 1


def test_ties_break_by_key(catalog: sqlite3.Connection, folder: Path) -> None:
    for name in "edcba":
        put(catalog, f"{name}.md", "Exactly alike.")
    keys = updated(catalog, folder).search_notes({"exact": 1.0}, 10).keys
    assert len(keys) == 5
    assert list(keys) == sorted(keys)


def test_frequencies(catalog: sqlite3.Connection, folder: Path) -> None:
    view = updated(catalog, folder)
    assert view.size == 4
    assert view.idf["rest"] == pytest.approx(math.log(2))
    assert view.idf["nowhere"] == 0


def test_it_catches_up_by_sequence_number(catalog: sqlite3.Connection, folder: Path) -> None:
    view = updated(catalog, folder)
    assert view_state(folder).seq == cat.current_seq(catalog) == 4
    put(catalog, "bread.md", "Now about glaciers.")
    put(catalog, "new.md", "Also glaciers.")
    remove(catalog, "river.md")
    LexicalWriter(folder).update(catalog)
    assert found(catalog, view, "glacier") == []
    view.reload()
    assert view_state(folder).seq == cat.current_seq(catalog) == 7
    assert sorted(found(catalog, view, "glacier")) == ["bread.md", "new.md"]
    assert found(catalog, view, "rest ferry") == []
    assert view.size == 4


def test_only_what_changed_is_written(
    catalog: sqlite3.Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    updated(catalog, folder)
    written: list[str] = []
    put_one = LexicalWriter._put

    def spy(writer: LexicalWriter, catalog: sqlite3.Connection, rows: Sequence[NoteRow], *more: str) -> None:
        written.extend(row.path for row in rows)
        put_one(writer, catalog, rows, *more)

    monkeypatch.setattr(LexicalWriter, "_put", spy)
    writer = LexicalWriter(folder)
    writer.update(catalog)
    assert written == []
    put(catalog, "new.md", "Glaciers.")
    writer.update(catalog)
    assert written == ["new.md"]


def test_a_commit_without_its_number_is_applied_again(catalog: sqlite3.Connection, folder: Path) -> None:
    """Killed between Tantivy's commit and the number's: the notes come again, and stand there once."""
    updated(catalog, folder)
    before = (folder / "seq").read_bytes()
    put(catalog, "new.md", "Glaciers.")
    updated(catalog, folder)
    (folder / "seq").write_bytes(before)
    view = updated(catalog, folder)
    assert found(catalog, view, "glacier") == ["new.md"]
    assert view.size == 5


def _delete(folder: Path) -> None:
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    folder.rmdir()


def _rewrite(file: Path, content: bytes) -> None:
    """As a file of its own: Tantivy's threads here may still have the old one mapped, and would die of its end."""
    file.unlink()
    file.write_bytes(content)


def _truncate(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            _rewrite(file, b"")


def _truncate_segments(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.suffix in (".store", ".term", ".idx", ".fast", ".fieldnorm", ".pos"):
            _rewrite(file, file.read_bytes()[:10])


def _lose_segments(folder: Path) -> None:
    for file in folder.rglob("*.term"):
        file.unlink()


def _garbage_meta(folder: Path) -> None:
    (folder / "notes" / "meta.json").write_text("garbage")


def _garbage_number(folder: Path) -> None:
    (folder / "seq").write_text("\0\0\0")


def _ahead(folder: Path) -> None:
    form, born, _ = (folder / "seq").read_text().split()
    (folder / "seq").write_text(f"{form} {born} 999")


def _other_format(folder: Path) -> None:
    (folder / "seq").write_text("0 1 4")


@pytest.mark.parametrize(
    "harm",
    [
        _delete, _truncate, _truncate_segments, _lose_segments, _garbage_meta, _garbage_number, _ahead, _other_format
    ],
)  # fmt: skip
def test_a_harmed_view_is_made_anew(catalog: sqlite3.Connection, folder: Path, harm: object) -> None:
    updated(catalog, folder)
    assert callable(harm)
    harm(folder)
    view = updated(catalog, folder)
    assert view_state(folder).seq == cat.current_seq(catalog)
    assert view.size == 4
    assert found(catalog, view, "ferry") == ["river.md"]


def test_a_reader_without_a_view_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Lexical(tmp_path / "nothing")
    assert view_state(tmp_path / "nothing").born == 0
    assert not (tmp_path / "nothing").exists()


def test_a_catalog_made_anew_leaves_nothing_of_the_old(
    catalog: sqlite3.Connection, folder: Path, tmp_path: Path
) -> None:
    updated(catalog, folder)
    other = cat.open_catalog(tmp_path / "other.db", write=True)
    put(other, "only.md", "The only ferry.")
    view = updated(other, folder)
    assert (view.size, found(other, view, "ferry"), found(other, view, "dough")) == (1, ["only.md"], [])
