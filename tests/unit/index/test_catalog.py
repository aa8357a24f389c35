from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from recall_lsp.index import catalog as cat
from recall_lsp.index.rows import FileState
from recall_lsp.notes.read import read_text

STATE = FileState(10, 20)
TEXT = """---
title: Über das Vergessen
date: 2021-05-16
tags: [garden, ideas]
aliases: [Forgetting]
---

The jar is ten days old. [[Bread#Crumb|crumb]] and ![[Picture]]. ^block

# First

Some 日本語 and *markup* with 🜛 astral letters, `code here`.
"""


@pytest.fixture
def catalog(tmp_path: Path) -> sqlite3.Connection:
    return cat.open_catalog(tmp_path / "catalog.db", write=True)


def put(catalog: sqlite3.Connection, path: str, text: str = "Some prose.") -> int:
    with cat.transaction(catalog) as seq:
        cat.put_note(catalog, seq, read_text(path, text), "en", STATE, 7)
    return seq


def test_a_note_comes_back_as_it_went_in(catalog: sqlite3.Connection) -> None:
    note = read_text("a/b.md", TEXT)
    put(catalog, "a/b.md", TEXT)
    [(seq, row)] = cat.notes_since(catalog, (0, cat.LAST_ID), 100)
    assert (seq, row.path, row.title, row.written) == (1, "a/b.md", "Über das Vergessen", date(2021, 5, 16))
    assert (row.aliases, row.tags, row.headings) == (note.aliases, note.tags, note.headings)
    assert (row.blocks, row.links, row.problems) == (note.blocks, note.links, note.problems)
    assert row.links and row.headings and row.tags
    assert (row.language, row.modified) == ("en", STATE.mtime_ns)
    assert tuple(part.passage for part in cat.passages_of(catalog, [row.id])) == note.passages
    assert row.letters == sum(len(passage.text) for passage in note.passages) > 0


def test_a_long_note_comes_back_from_several_chunks(catalog: sqlite3.Connection) -> None:
    text = "\n\n".join(f"# Part {part}\n\n" + f"Nothing of part {part} is like another. " * 40 for part in range(40))
    put(catalog, "other.md")
    put(catalog, "long.md", text)
    passages = read_text("long.md", text).passages
    (_, row) = cat.notes_since(catalog, (1, cat.LAST_ID), 1)[0]
    rows = cat.passages_of(catalog, [row.id])
    assert tuple(part.passage for part in rows) == passages
    assert catalog.execute("SELECT count(*) FROM chunks").fetchone()[0] > 3
    some = [part.id for part in rows[::7]]
    assert [part.passage for part in cat.passages_by_id(catalog, some).values()] == list(passages[::7])
    put(catalog, "long.md", "Short now.")
    with cat.transaction(catalog) as seq:
        cat.remove_note(catalog, seq, "other.md")
    assert catalog.execute("SELECT count(*) FROM chunks").fetchone()[0] == 1, "no text stays of what has gone"


@pytest.mark.parametrize("content", [b"", b"\xff" * 30, b"garbage", "text"])
def test_a_damaged_record_is_a_damaged_database(catalog: sqlite3.Connection, content: bytes | str) -> None:
    put(catalog, "a.md")
    for table, column in (("chunks", "content"), ("notes", "facts")):
        catalog.execute(f"UPDATE {table} SET {column} = ?", (content,))
    for read in (
        lambda: cat.passages_of(catalog, [1]),
        lambda: cat.entries_since(catalog, (0, 0), 9),
        lambda: cat.note_by_id(catalog, 1),
    ):
        with pytest.raises(sqlite3.DatabaseError):
            read()


def test_each_commit_has_the_next_number_and_a_replaced_note_keeps_its_id(catalog: sqlite3.Connection) -> None:
    assert [put(catalog, "a.md"), put(catalog, "b.md"), put(catalog, "a.md", "Other prose.")] == [1, 2, 3]
    assert cat.current_seq(catalog) == 3
    (two, b), (three, a) = cat.notes_since(catalog, (0, cat.LAST_ID), 100)
    assert (two, b.path, three, a.path) == (2, "b.md", 3, "a.md")
    assert a.id < b.id
    assert [row.path for _, row in cat.notes_since(catalog, (2, cat.LAST_ID), 100)] == ["a.md"]
    assert [part.passage.text for part in cat.passages_of(catalog, [a.id])] == ["Other prose."]


def test_a_failed_commit_leaves_nothing(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md")
    with pytest.raises(RuntimeError), cat.transaction(catalog) as seq:
        cat.put_note(catalog, seq, read_text("b.md", "Lost."), "en", STATE, 7)
        raise RuntimeError
    assert cat.current_seq(catalog) == 1
    assert list(cat.file_states(catalog)) == ["a.md"]


def test_removed_notes_are_told_once_and_their_passages_go(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md")
    [(_, row)] = cat.notes_since(catalog, (0, cat.LAST_ID), 100)
    with cat.transaction(catalog) as seq:
        cat.remove_note(catalog, seq, "a.md")
        cat.remove_note(catalog, seq, "never-there.md")
    assert cat.removed_since(catalog, 1) == [row.id]
    assert cat.removed_since(catalog, 2) == []
    assert cat.passages_of(catalog, [row.id]) == []
    put(catalog, "a.md")
    [(_, again)] = cat.notes_since(catalog, (2, cat.LAST_ID), 100)
    assert again.id > row.id, "an id is never used again: views know notes by it"


def test_skipped_files_are_known_and_no_notes(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md")
    with cat.transaction(catalog) as seq:
        cat.put_skipped(catalog, seq, "a.md", FileState(99, 1), "not a text file")
    assert cat.skipped(catalog) == (("a.md", "not a text file"),)
    assert cat.file_states(catalog) == cat.states_of(catalog, ["a.md", "b.md"]) == {"a.md": FileState(99, 1)}
    assert cat.notes_since(catalog, (0, cat.LAST_ID), 100) == []
    put(catalog, "a.md")
    assert cat.skipped(catalog) == ()


def test_readers_take_a_commit_in_bites(catalog: sqlite3.Connection) -> None:
    with cat.transaction(catalog) as seq:
        for name in "abc":
            cat.put_note(catalog, seq, read_text(f"{name}.md", "Prose."), "en", STATE, 0)
    put(catalog, "d.md")
    taken: list[str] = []
    after = (0, 0)
    while rows := cat.entries_since(catalog, after, 2):
        taken += [row.entry.path for row in rows]
        after = rows[-1].seq, rows[-1].entry.id
    assert (
        taken
        == [row.path for _, row in cat.notes_since(catalog, (0, cat.LAST_ID), 100)]
        == ["a.md", "b.md", "c.md", "d.md"]
    )
    assert [row.path for _, row in cat.notes_since(catalog, (1, cat.LAST_ID), 100)] == ["d.md"]


def test_a_touched_note_is_no_change_for_views(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md")
    cat.touch_note(catalog, "a.md", FileState(10, 99))
    assert cat.file_states(catalog) == {"a.md": FileState(10, 99)}
    assert cat.notes_since(catalog, (1, cat.LAST_ID), 100) == []


def test_equal_texts_have_one_key_and_a_heading_counts(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md", "The same words.")
    put(catalog, "folder/b.md", "The same words.")
    put(catalog, "c.md", "# Under a heading\n\nThe same words.")
    ids = [row.id for _, row in cat.notes_since(catalog, (0, cat.LAST_ID), 100)]
    one, other, third = (key for _, _, key in cat.passage_keys(catalog, ids))
    assert one == other != third


def test_lone_surrogates_keep_their_place(catalog: sqlite3.Connection) -> None:
    put(catalog, "a.md", "Half \ud83d a pair.")
    [(_, row)] = cat.notes_since(catalog, (0, cat.LAST_ID), 100)
    [text] = [part.passage.text for part in cat.passages_of(catalog, [row.id])]
    assert (text[:5], text[6:]) == ("Half ", " a pair.")


def test_a_reader_sees_whole_commits_and_cannot_write(catalog: sqlite3.Connection, tmp_path: Path) -> None:
    reader = cat.open_catalog(tmp_path / "catalog.db", write=False)
    with cat.transaction(catalog) as seq:
        cat.put_note(catalog, seq, read_text("a.md", "Prose."), "en", STATE, 0)
        assert cat.current_seq(reader) == 0
        assert cat.notes_since(reader, (0, cat.LAST_ID), 2000) == []
    assert cat.current_seq(reader) == 1
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM notes")


def test_opening(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with pytest.raises(FileNotFoundError):
        cat.open_catalog(path, write=False)
    assert not path.exists()
    path.write_bytes(b"this is no database, " * 100)
    for write in (True, False):
        with pytest.raises(sqlite3.DatabaseError):
            cat.open_catalog(path, write=write)
    path.unlink()
    newer = cat.open_catalog(path, write=True)
    newer.execute("PRAGMA user_version = 999")
    newer.close()
    with pytest.raises(sqlite3.DatabaseError, match="999"):
        cat.open_catalog(path, write=True)
