"""Taking what was excluded out of the index's files, and an index out of the cache.

A note that a rule excludes leaves the catalog's rows and the views' answers with the commit that removes it.  Its
bytes stay behind in four places, which are cleared here: vectors are kept by text hash, since a text that left may
come back (a move, a branch); the records' dictionary may have learned from it; SQLite's log keeps old pages;
Tantivy's segments keep the words of what was deleted until they are merged, which no one can ask for, so that view is
made anew.  (SQLite's free pages are zeroed as they are freed, by `secure_delete`.)
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path

from recall_lsp.index.catalog import get_meta, set_meta
from recall_lsp.index.lexical import LexicalWriter
from recall_lsp.index.places import index_dir
from recall_lsp.index.reconcile import PURGE
from recall_lsp.index.schema import renew_dictionary
from recall_lsp.index.vectors import embeddings_path, open_embeddings

_TRIES = 50
_PAUSE = 0.02


def is_purge_due(catalog: sqlite3.Connection) -> bool:
    return bool(get_meta(catalog, PURGE, 0))


def purge(folder: Path, catalog: sqlite3.Connection, lexical: LexicalWriter) -> None:
    """Clear the four.  It stays due when it is killed midway, or a reader holds the log for longer than a second."""
    for path in folder.glob(embeddings_path(Path(), "*").name):
        vectors = open_embeddings(path, write=True)
        try:
            vectors.execute("ATTACH ? AS kept", (str(folder / "catalog.db"),))
            vectors.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM kept.passages)")
            vectors.execute("DETACH kept")
            emptied = _empty_log(vectors)
        finally:
            vectors.close()
        if not emptied:
            return
    renew_dictionary(catalog)
    lexical.rebuild(catalog)
    if _empty_log(catalog):
        set_meta(catalog, PURGE, 0)


def _empty_log(connection: sqlite3.Connection) -> bool:
    """Write SQLite's log into its database and cut it to nothing; False when readers did not let go of it."""
    for _ in range(_TRIES):
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return True
        time.sleep(_PAUSE)
    return False


def forget(root: Path) -> bool:
    """Remove the index of a folder, which need not be there any more; False where there is none.

    It leaves by one rename, so that nobody sees half of it; a keeper that keeps it sees that it has gone.  Raises
    OSError.
    """
    folder = index_dir(root)
    for left in folder.parent.glob(".forgotten-*"):
        shutil.rmtree(left, ignore_errors=True)
    gone = folder.with_name(f".forgotten-{os.getpid()}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return False
    shutil.rmtree(gone)
    return True
