"""Opening what may be damaged: what cannot be used is made anew, and the folder's one keeper does it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from recall_lsp.index import catalog as cat
from recall_lsp.index.vectors import open_embeddings


def keeper_lock(folder: Path) -> FileLock:
    """The lock of the one process that may write into an index folder."""
    return FileLock(folder / "keeper.lock", mode=0o600)


def is_kept(folder: Path) -> bool:
    """Whether a process keeps that index now."""
    if not (folder / "keeper.lock").exists():
        return False
    try:
        with keeper_lock(folder).acquire(timeout=0):
            return False
    except Timeout:
        return True


def open_or_restart(path: Path, say: Callable[[str], None]) -> sqlite3.Connection:
    """The catalog; a damaged or outdated one is made anew (embeddings stand in a file of their own).

    Raises sqlite3.OperationalError for what the user must mend: a full disk, a folder that cannot be written.
    """
    try:
        catalog = cat.open_catalog(path, write=True)
        require_whole(catalog)
        return catalog
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        say(f"The index could not be used ({error}); it is being made anew from your notes.")
        delete_database(path)
        return cat.open_catalog(path, write=True)


def whole_embeddings(path: Path, say: Callable[[str], None]) -> None:
    """Sees to it that one model's vectors can be used: from a damaged file they are made anew.  Raises as above."""
    try:
        embeddings = open_embeddings(path, write=True)
        try:
            require_whole(embeddings)
        finally:
            embeddings.close()
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        say(f"The embeddings could not be used ({error}); they are being made anew.")
        delete_database(path)


def require_whole(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError for a database whose pages do not fit together: some 10 ms for 10 MB."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        connection.close()
        raise sqlite3.DatabaseError("the database is malformed")


def is_damaged(error: sqlite3.DatabaseError) -> bool:
    """Damaged or outdated; a full disk or a lock is not mended by starting over."""
    return not isinstance(error, sqlite3.OperationalError) or "malformed" in str(error)


def delete_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def delete_view(folder: Path) -> None:
    """Removes a full-text view, which is then made anew from the catalog."""
    shutil.rmtree(folder, ignore_errors=True)
