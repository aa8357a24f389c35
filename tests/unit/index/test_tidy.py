"""An index is small, and made small again, and its answers stay."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from recall_lsp.index import catalog as cat
from recall_lsp.index import schema
from recall_lsp.index.lexical import Lexical, LexicalWriter, view_state
from recall_lsp.index.packing import Packer, learned, to_lines
from recall_lsp.index.rows import FileState
from recall_lsp.index.tidy import tidy
from recall_lsp.notes.read import read_text

random.seed(3)
SYLLABLES = [first + last for first in "bdfgklmnprst" for last in ("a", "ei", "o", "u")]
WORDS = ["".join(random.choices(SYLLABLES, k=3)) for _ in range(900)]


def prose(seed: int, words: int = 60) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words)).capitalize() + "."


@pytest.fixture
def catalog(tmp_path: Path) -> sqlite3.Connection:
    return cat.open_catalog(tmp_path / "catalog.db", write=True)


def put(catalog: sqlite3.Connection, *texts: str, start: int = 0) -> None:
    with cat.transaction(catalog) as seq:
        for at, text in enumerate(texts, start):
            note = read_text(f"topics/note {at}.md", f"# Note {at}\n\n[[note {at + 1}]] {text}\n")
            cat.put_note(catalog, seq, note, "en", FileState(1, at), at)


def everything(connection: sqlite3.Connection) -> list[object]:
    notes = [row for _, row in cat.notes_since(connection, (0, cat.LAST_ID), 9999)]
    entries = cat.entries_since(connection, (0, cat.LAST_ID), 9999)
    return [*notes, *entries, *cat.passages_of(connection, [note.id for note in notes])]


def packed_bytes(catalog: sqlite3.Connection) -> int:
    chunks, facts = (
        catalog.execute(f"SELECT sum(length({column})) FROM {table}").fetchone()[0]
        for column, table in (("content", "chunks"), ("facts", "notes"))
    )
    return int(chunks + facts)


def test_records_shrink_with_a_dictionary_and_say_the_same(catalog: sqlite3.Connection, tmp_path: Path) -> None:
    put(catalog, *map(prose, range(200)))
    reader = cat.open_catalog(tmp_path / "catalog.db", write=False)
    before, bytes_before = everything(reader), packed_bytes(catalog)
    assert schema.is_dictionary_due(catalog)
    schema.renew_dictionary(catalog)
    assert not schema.is_dictionary_due(catalog)
    assert packed_bytes(catalog) < 0.8 * bytes_before
    assert everything(reader) == before, "a reader that was there before takes the new dictionary"
    put(catalog, prose(7, 90), start=4)
    schema.renew_dictionary(catalog)
    assert catalog.execute("SELECT count(*) FROM dictionaries").fetchone() == (1,)
    assert everything(reader) == everything(catalog) != before


def test_a_few_notes_need_no_dictionary(catalog: sqlite3.Connection) -> None:
    put(catalog, "One.", "Two.")
    assert not schema.is_dictionary_due(catalog)
    schema.renew_dictionary(catalog)
    assert [row.passage.text for row in cat.passages_of(catalog, [1])] == ["note 1 One."]


def test_a_dictionary_that_could_not_be_stored_leaves_no_trace(
    catalog: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalog, *map(prose, range(200)))
    before = everything(catalog)

    def full(statement: str) -> Callable[..., int]:
        return lambda action, *rest: (
            sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE and rest[0] == statement else sqlite3.SQLITE_OK
        )

    catalog.set_authorizer(full("dictionaries"))
    with pytest.raises(sqlite3.DatabaseError):
        schema.renew_dictionary(catalog)
    catalog.set_authorizer(None)
    assert everything(catalog) == before
    put(catalog, *(prose(seed) for seed in range(300, 500)))  # so that another is learned, of the same number
    wanted = everything(catalog)
    schema.renew_dictionary(catalog)
    assert everything(catalog) == wanted == everything(cat.open_catalog(Path(_file(catalog)), write=False))


def _file(catalog: sqlite3.Connection) -> str:
    return str(catalog.execute("PRAGMA database_list").fetchone()[2])


def test_no_damage_to_a_record_goes_further_than_that_record() -> None:
    samples = [to_lines([number, prose(number)]) for number in range(300)]
    packer = Packer({0: b"", 1: learned(samples)}.get)
    for number in (0, 1):
        record = packer.pack(number, samples[0])
        assert packer.unpack(record) == samples[0]
        for seed in range(500):
            damaged = bytearray(record)
            damaged[random.Random(seed).randrange(len(damaged))] ^= 1 << seed % 8
            packer.unpack(bytes(damaged))  # something or nothing, and no error
    assert [packer.unpack(wrong) for wrong in (b"", "text", None, 7, b"\2" + record[1:], b"\1")] == [None] * 6


def test_a_scattered_view_is_put_together_and_answers_alike(catalog: sqlite3.Connection, tmp_path: Path) -> None:
    writer = LexicalWriter(tmp_path / "lexical")
    for at in range(6):
        put(catalog, *map(prose, range(9 * at, 9 * at + 9)), start=9 * at)
        writer.update(catalog)
    assert writer.is_scattered()
    view = Lexical(tmp_path / "lexical")
    queries = [{word.lower(): 1.0} for word in WORDS[:40]]
    before = [view.search_notes(query, 50).keys for query in queries]
    held = sorted(view.held_passages())
    assert tidy(tmp_path, catalog, writer)
    assert not writer.is_scattered()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"lexical"}
    after = Lexical(tmp_path / "lexical")
    assert sorted(after.held_passages()) == held
    assert [set(after.search_notes(query, 50).keys) for query in queries] == [set(keys) for keys in before]
    assert [view.search_notes(query, 50).keys for query in queries] == before, "one who has it open goes on"
    put(catalog, "Entirely new.", start=99)
    writer.update(catalog)
    assert view_state(tmp_path / "lexical").seq == cat.current_seq(catalog)
    assert Lexical(tmp_path / "lexical").search_notes({"entir": 1.0}, 5).keys


def test_what_a_killed_keeper_left_half_made_goes(catalog: sqlite3.Connection, tmp_path: Path) -> None:
    put(catalog, "The zyxwvut flew.")
    LexicalWriter(tmp_path / "lexical.new").update(catalog)
    (tmp_path / "lexical.new").rename(tmp_path / "lexical.old")
    LexicalWriter(tmp_path / "lexical.new").update(catalog)
    LexicalWriter(tmp_path / "lexical").update(catalog)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"lexical"}


def test_a_quiet_moment_gives_back_what_a_busy_one_took(catalog: sqlite3.Connection, tmp_path: Path) -> None:
    writer = LexicalWriter(tmp_path / "lexical")
    put(catalog, *map(prose, range(400)))
    for path in range(300):
        with cat.transaction(catalog) as seq:
            cat.remove_note(catalog, seq, f"topics/note {path}.md")
    writer.update(catalog)
    log = tmp_path / "catalog.db-wal"
    pages = catalog.execute("PRAGMA page_count").fetchone()[0]
    assert log.stat().st_size > 100_000
    tidy(tmp_path, catalog, writer)
    assert log.stat().st_size == 0
    assert catalog.execute("PRAGMA page_count").fetchone()[0] < 0.7 * pages
    changed = catalog.execute("PRAGMA data_version").fetchone(), view_state(tmp_path / "lexical")
    assert not tidy(tmp_path, catalog, writer), "there is nothing more to do"
    assert (catalog.execute("PRAGMA data_version").fetchone(), view_state(tmp_path / "lexical")) == changed


def test_a_dictionary_forgets_what_has_gone_when_it_is_learned_anew(catalog: sqlite3.Connection) -> None:
    put(catalog, *(f"{prose(seed)} The zyxwvut flew over it." for seed in range(200)))
    schema.renew_dictionary(catalog)
    assert _holds(catalog, b"zyxwvut")
    put(catalog, *map(prose, range(200)))
    assert _holds(catalog, b"zyxwvut")
    schema.renew_dictionary(catalog)
    assert not _holds(catalog, b"zyxwvut")


def _holds(catalog: sqlite3.Connection, word: bytes) -> bool:
    return any(word in row[0] for row in catalog.execute("SELECT unpacked(content) FROM dictionaries"))
