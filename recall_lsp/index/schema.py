"""The catalog's tables, and how its records are packed.

SQL sees packed records; `packed(dictionary, lines)` and `unpacked(record)` are functions of its own.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from recall_lsp.index.database import connect, immediate
from recall_lsp.index.packing import MOST_BYTES, Packer, learned

SCHEMA_VERSION = 5
DICTIONARY = "(SELECT coalesce(max(number), 0) FROM dictionaries)"
"""The number of the one that records are packed with; 0 for none."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE dictionaries (number INTEGER PRIMARY KEY, content BLOB NOT NULL, letters INTEGER NOT NULL);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, hash INTEGER NOT NULL,
    dialect INTEGER NOT NULL, language TEXT NOT NULL, written INTEGER,
    letters INTEGER NOT NULL, wiki INTEGER NOT NULL, markdown INTEGER NOT NULL, problems TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, facts BLOB NOT NULL);
CREATE INDEX notes_seq ON notes (seq);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, note INTEGER NOT NULL, at INTEGER NOT NULL,
    hash INTEGER NOT NULL, letters INTEGER NOT NULL);
CREATE TABLE chunks (first INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE removed (note INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE INDEX removed_seq ON removed (seq);
CREATE TABLE skipped (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    reason TEXT NOT NULL, failed INTEGER NOT NULL) WITHOUT ROWID;
"""
_PAGE = 2048
_SAMPLES = 1500
_SAMPLE = 2000
_WORTH = 50_000
"""Letters below which a dictionary is not worth its place."""
_GROWN = 4
"""Times the letters that a dictionary was learned from, after which another is learned."""
_ENOUGH = 8 * MOST_BYTES
"""Letters from which a dictionary becomes as large as any."""
_NUMBERS = 255


def open_catalog(path: Path, *, write: bool) -> sqlite3.Connection:
    """The catalog at `path`; a writer creates it.

    Raises sqlite3.DatabaseError when the file is damaged or of another version, FileNotFoundError for a reader
    where there is none yet.
    """
    connection = connect(path, write=write, page=_PAGE)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and write:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version == 0:
            raise FileNotFoundError(path)
        elif version != SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"the index is of version {version}, this program's is {SCHEMA_VERSION}")
    except BaseException:
        connection.close()
        raise
    _add_functions(connection)
    return connection


def _add_functions(connection: sqlite3.Connection) -> None:
    packer = Packer(lambda number: _dictionary(connection, number))
    connection.create_function("packed", 2, packer.pack, deterministic=True)
    connection.create_function("unpacked", 1, packer.unpack, deterministic=True)


def _dictionary(connection: sqlite3.Connection, number: int) -> bytes | None:
    if not number:
        return b""
    row = connection.execute("SELECT unpacked(content) FROM dictionaries WHERE number = ?", (number,)).fetchone()
    return None if row is None else row[0]


def is_dictionary_due(catalog: sqlite3.Connection) -> bool:
    """Whether records would be smaller with another dictionary: there is none, or the vault has grown much since."""
    letters = catalog.execute("SELECT coalesce(sum(letters), 0) FROM notes").fetchone()[0]
    known = catalog.execute("SELECT coalesce(max(letters), 0) FROM dictionaries").fetchone()[0]
    return bool(letters >= max(_WORTH, _GROWN * known) and known < _ENOUGH)


def renew_dictionary(catalog: sqlite3.Connection) -> None:
    """Learn from what is there now and pack everything anew, in one commit: some 0.1 ms a note.

    What a dictionary took from a note that has gone goes with it.  Raises sqlite3.Error, and then nothing has changed.
    """
    try:
        with immediate(catalog):
            _renew(catalog)
    except BaseException:
        _add_functions(catalog)  # those that were know a dictionary that never came to be
        raise


def _renew(catalog: sqlite3.Connection) -> None:
    (before,) = catalog.execute(f"SELECT {DICTIONARY}").fetchone()
    letters = catalog.execute("SELECT coalesce(sum(letters), 0) FROM notes").fetchone()[0]
    content = learned(_samples(catalog)) if letters >= _WORTH else b""
    number = before % _NUMBERS + 1
    catalog.execute("INSERT INTO dictionaries VALUES (?, packed(0, ?), ?)", (number, content, letters))
    catalog.execute("UPDATE chunks SET content = packed(?, unpacked(content))", (number,))
    catalog.execute("UPDATE notes SET facts = packed(?, unpacked(facts))", (number,))
    catalog.execute("DELETE FROM dictionaries WHERE number != ?", (number,))


def _samples(catalog: sqlite3.Connection) -> list[bytes]:
    """Parts of evenly taken records."""
    samples: list[bytes] = []
    for table, key, column in (("chunks", "first", "content"), ("notes", "id", "facts")):
        step = 1 + catalog.execute(f"SELECT count(*) FROM {table}").fetchone()[0] // _SAMPLES
        keys = [row[0] for row in catalog.execute(f"SELECT {key} FROM {table} ORDER BY {key}")][::step]
        for record in keys:
            row = catalog.execute(f"SELECT unpacked({column}) FROM {table} WHERE {key} = ?", (record,)).fetchone()
            lines = row[0] or b""
            samples += [lines[at : at + _SAMPLE] for at in range(0, min(len(lines), 4 * _SAMPLE), _SAMPLE)]
    return samples
