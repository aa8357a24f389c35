"""SQLite as both of our databases use it: one writer, many readers in other processes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def connect(path: Path, *, write: bool, page: int = 4096) -> sqlite3.Connection:
    """A connection, with WAL and safe from a killed process for a writer; a new database has pages of `page` bytes.

    Raises FileNotFoundError for a reader where there is none yet, sqlite3.DatabaseError for a damaged file.
    """
    if not write and not path.exists():
        raise FileNotFoundError(path)
    if not write and not os.access(path.parent, os.W_OK):
        # WAL needs a file beside the database even to read; where none can be made, nobody writes either.
        location = f"{path.absolute().as_uri()}?immutable=1"
        connection = sqlite3.connect(location, uri=True, isolation_level=None, check_same_thread=False)
    else:
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        if write:
            connection.execute(f"PRAGMA page_size = {page}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
        else:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """One commit, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
