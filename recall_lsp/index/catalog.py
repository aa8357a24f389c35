"""The catalog: the one truth about what is indexed (SQLite, WAL).  Views follow it by sequence number.

Only the keeper writes.  Each commit that changes notes carries the next sequence number; a note that left is
remembered in `removed`.  Readers in other processes see whole commits and nothing in between.

Passages that stand together are packed together, in `chunks`: a chunk has the id of its first passage, and the
passage `at` in it has that id plus `at`.  A note's passages are those from `first` to `last`.  `letters` count what
of a passage is embedded: 0 for one without prose.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from recall_lsp.index.database import immediate
from recall_lsp.index.rows import (
    ENTRY_COLUMNS,
    NOTE_COLUMNS,
    EntryRow,
    FileState,
    NoteRow,
    PassageRow,
    chunk_lines,
    chunks_of,
    embedded_text,
    note_columns,
    text_hash,
    unpack_entry,
    unpack_note,
    unpack_passage,
)
from recall_lsp.index.schema import DICTIONARY, SCHEMA_VERSION, open_catalog
from recall_lsp.notes.model import Note, Passage

__all__ = ["SCHEMA_VERSION", "open_catalog"]

WITHIN = "notes n CROSS JOIN passages p ON p.id BETWEEN n.first AND n.last"
"""Notes with their passages, to select from."""
LAST_ID = (1 << 63) - 1
"""No note's id is larger."""
MODEL_ERROR = "model_error"
"""Under this key of `meta` the keeper tells readers why there is no model."""
READING = "reading"
"""Under this one how far it is with changed files, as in "400 of 3000"; "" when it is through."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[int]:
    """One commit of changed notes; yields its sequence number."""
    with immediate(connection):
        seq = current_seq(connection) + 1
        yield seq
        set_meta(connection, "seq", seq)


def current_seq(connection: sqlite3.Connection) -> int:
    return int(get_meta(connection, "seq", 0))


def get_meta(connection: sqlite3.Connection, key: str, default: Any = None) -> Any:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else row[0]


def set_meta(connection: sqlite3.Connection, key: str, value: str | int) -> None:
    connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value))


def put_note(
    connection: sqlite3.Connection, seq: int, note: Note, language: str, state: FileState, file_hash: int
) -> None:
    """Add or replace a note and its passages, inside a transaction."""
    values = {
        "seq": seq,
        "path": note.path,
        "size": state.size,
        "mtime_ns": state.mtime_ns,
        "inode": state.inode,
        "hash": file_hash,
        "language": language,
        **note_columns(note),
    }
    _remove_passages(connection, note.path)
    places = {name: f"packed({DICTIONARY}, :facts)" if name == "facts" else f":{name}" for name in values}
    ((number,),) = connection.execute(
        f"INSERT INTO notes ({', '.join(values)}, first, last) VALUES ({', '.join(places.values())}, 0, -1)"
        f" ON CONFLICT (path) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in values)} RETURNING id",
        values,
    ).fetchall()
    ids = [passage for chunk in chunks_of(note.passages) for passage in _put_chunk(connection, number, chunk)]
    if ids:
        connection.execute("UPDATE notes SET first = ?, last = ? WHERE id = ?", (ids[0], ids[-1], number))
    connection.execute("DELETE FROM skipped WHERE path = ?", (note.path,))


def _put_chunk(connection: sqlite3.Connection, note: int, chunk: Sequence[Passage]) -> list[int]:
    """The ids of its passages."""
    ids = [
        connection.execute(
            "INSERT INTO passages (note, at, hash, letters) VALUES (?, ?, ?, ?)",
            (note, at, text_hash(embedded_text(passage)), len(passage.text)),
        ).lastrowid
        or 0
        for at, passage in enumerate(chunk)
    ]
    connection.execute(f"INSERT INTO chunks VALUES (?, packed({DICTIONARY}, ?))", (ids[0], chunk_lines(chunk)))
    return ids


def _remove_passages(connection: sqlite3.Connection, path: str) -> None:
    row = connection.execute("SELECT first, last FROM notes WHERE path = ?", (path,)).fetchone()
    if row is not None:
        connection.execute("DELETE FROM chunks WHERE first BETWEEN ? AND ?", row)
        connection.execute("DELETE FROM passages WHERE id BETWEEN ? AND ?", row)
        connection.execute("UPDATE notes SET first = 0, last = -1 WHERE path = ?", (path,))


def touch_note(connection: sqlite3.Connection, path: str, state: FileState) -> None:
    """The file was touched, its bytes are the same: no view need know."""
    values = (state.size, state.mtime_ns, state.inode, path)
    connection.execute("UPDATE notes SET size = ?, mtime_ns = ?, inode = ? WHERE path = ?", values)


def doubt_all(connection: sqlite3.Connection) -> None:
    """Have every note's file hashed again at the next look, whatever its time and size; unlike ones are read anew."""
    connection.execute("UPDATE notes SET mtime_ns = -1")


def remove_note(connection: sqlite3.Connection, seq: int, path: str) -> bool:
    """Whether there was one."""
    row = connection.execute("SELECT id FROM notes WHERE path = ?", (path,)).fetchone()
    if row is not None:
        _remove_passages(connection, path)
        connection.execute("DELETE FROM notes WHERE id = ?", row)
        connection.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (row[0], seq))
    return row is not None


def put_skipped(
    connection: sqlite3.Connection, seq: int, path: str, state: FileState, reason: str, failed: bool = False
) -> bool:
    """A file that is not read, by a rule or because it could not be (`failed`); whether it was a note before."""
    values = (path, state.size, state.mtime_ns, state.inode, reason, failed)
    connection.execute("INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?, ?, ?)", values)
    return remove_note(connection, seq, path)


def remove_skipped(connection: sqlite3.Connection, path: str) -> None:
    connection.execute("DELETE FROM skipped WHERE path = ?", (path,))


def file_states(connection: sqlite3.Connection) -> dict[str, FileState]:
    """Every file that the catalog knows, read or skipped."""
    columns = "path, size, mtime_ns, inode"
    rows = connection.execute(f"SELECT {columns} FROM notes UNION ALL SELECT {columns} FROM skipped")
    return {path: FileState(*state) for path, *state in rows}


def states_of(connection: sqlite3.Connection, paths: Iterable[str]) -> dict[str, FileState]:
    """The same for a few paths."""
    found: dict[str, FileState] = {}
    for path in paths:
        for table in ("notes", "skipped"):
            row = connection.execute(f"SELECT size, mtime_ns, inode FROM {table} WHERE path = ?", (path,)).fetchone()
            if row is not None:
                found[path] = FileState(*row)
    return found


def file_hash(connection: sqlite3.Connection, path: str) -> int | None:
    row = connection.execute("SELECT hash FROM notes WHERE path = ?", (path,)).fetchone()
    return None if row is None else int(row[0])


def newest_note(connection: sqlite3.Connection) -> int:
    """The id of the note that was added last; 0 for none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM notes").fetchone()[0])


def heir(connection: sqlite3.Connection, path: str, after: int) -> str:
    """The path of the note that this one has become, "" for none.

    It has the same bytes, or was added after the note of id `after` and has at least half of its texts.
    """
    row = connection.execute("SELECT id, hash FROM notes WHERE path = ?", (path,)).fetchone()
    if row is None:
        return ""
    query = "SELECT path FROM notes WHERE hash = ? AND id != ? ORDER BY id DESC"
    same = connection.execute(query, (row[1], row[0])).fetchone()
    if same is not None:
        return str(same[0])
    texts = {passage.passage.text for passage in passages_of(connection, row[:1])}
    query = "SELECT id, path FROM notes WHERE id > ? AND id != ? ORDER BY id"
    new = dict(connection.execute(query, (after, row[0])))
    kept: dict[int, set[str]] = {}
    for passage in passages_of(connection, new):
        if passage.passage.text in texts:
            kept.setdefault(passage.note, set()).add(passage.passage.text)
    best = max(kept, key=lambda note: len(kept[note]), default=0)
    return new[best] if best and 2 * len(kept[best]) >= len(texts) else ""


def notes_since(connection: sqlite3.Connection, after: tuple[int, int], limit: int) -> list[tuple[int, NoteRow]]:
    """(sequence number, note) of up to `limit` notes changed after a (sequence number, note id), in that order."""
    query = f"SELECT seq, {NOTE_COLUMNS} FROM notes WHERE (seq, id) > (?, ?) ORDER BY seq, id LIMIT ?"
    return [(row[0], unpack_note(row[1:])) for row in connection.execute(query, (*after, limit))]


def entries_since(connection: sqlite3.Connection, after: tuple[int, int], limit: int) -> list[EntryRow]:
    """The same, with what the readers keep in memory, ready made."""
    query = f"SELECT seq, {ENTRY_COLUMNS} FROM notes WHERE (seq, id) > (?, ?) ORDER BY seq, id LIMIT ?"
    return [unpack_entry(row) for row in connection.execute(query, (*after, limit))]


def note_by_id(connection: sqlite3.Connection, note: int) -> NoteRow | None:
    row = connection.execute(f"SELECT {NOTE_COLUMNS} FROM notes WHERE id = ?", (note,)).fetchone()
    return None if row is None else unpack_note(row)


def removed_since(connection: sqlite3.Connection, seq: int) -> list[int]:
    return [row[0] for row in connection.execute("SELECT note FROM removed WHERE seq > ?", (seq,))]


def main_language(connection: sqlite3.Connection) -> str:
    """The language of most notes, which those too short to tell are taken to be in; "" while none is known."""
    row = connection.execute(
        "SELECT language FROM notes WHERE language != '' GROUP BY language ORDER BY count(*) DESC, language LIMIT 1"
    ).fetchone()
    return "" if row is None else str(row[0])


def skipped(connection: sqlite3.Connection, *, failed: bool = False) -> tuple[tuple[str, str], ...]:
    """(path, reason) of the files that a rule keeps out, or of those that could not be read."""
    return tuple(connection.execute("SELECT path, reason FROM skipped WHERE failed = ? ORDER BY path", (failed,)))


def passages_of(connection: sqlite3.Connection, notes: Iterable[int]) -> list[PassageRow]:
    return _passages(connection, f"{WITHIN} WHERE n.id IN ({_integers(notes)})")


def passages_by_id(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, PassageRow]:
    return {row.id: row for row in _passages(connection, f"passages p WHERE p.id IN ({_integers(ids)})")}


def sample_texts(connection: sqlite3.Connection, count: int) -> list[str]:
    """Up to `count` texts of more than a line, taken by chance, the same ones each time."""
    ids = [
        row[0]
        for row in connection.execute("SELECT id FROM passages WHERE letters > 40 ORDER BY hash LIMIT ?", (count,))
    ]
    return [row.passage.text for row in passages_by_id(connection, ids).values()]


def first_passage(connection: sqlite3.Connection, note: int) -> int | None:
    """The id of a note's first passage."""
    row = connection.execute("SELECT first FROM notes WHERE id = ? AND last >= first", (note,)).fetchone()
    return None if row is None else int(row[0])


def passage_ids(connection: sqlite3.Connection, notes: Sequence[int]) -> dict[int, list[int]]:
    """The ids of each note's passages."""
    found: dict[int, list[int]] = {}
    for note, passage in connection.execute(f"SELECT n.id, p.id FROM {WITHIN} WHERE n.id IN ({_integers(notes)})"):
        found.setdefault(note, []).append(passage)
    return found


def passage_keys(connection: sqlite3.Connection, notes: Sequence[int]) -> list[tuple[int, int, int]]:
    """(passage id, note id, text hash) of the passages with prose in `notes`."""
    found = connection.execute(
        f"SELECT p.id, n.id, p.hash FROM {WITHIN} WHERE n.id IN ({_integers(notes)}) AND p.letters ORDER BY p.id"
    )
    return found.fetchall()


def _passages(connection: sqlite3.Connection, which: str) -> list[PassageRow]:
    rows = connection.execute(f"SELECT p.id, p.note, p.at FROM {which} ORDER BY p.id").fetchall()
    firsts = _integers({number - at for number, _, at in rows})
    found = connection.execute(f"SELECT first, unpacked(content) FROM chunks WHERE first IN ({firsts})")
    chunks = dict(found.fetchall())
    return [
        PassageRow(number, note, unpack_passage(chunks[number - at], at))
        for number, note, at in rows
        if number - at in chunks  # else removed between the two looks; no number is given again
    ]


def _integers(ids: Iterable[int]) -> str:
    return ",".join(str(int(number)) for number in ids)
