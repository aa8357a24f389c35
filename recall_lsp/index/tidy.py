"""What makes an index small again, in a quiet moment: nothing of it changes an answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from recall_lsp.index.catalog import current_seq, get_meta, set_meta
from recall_lsp.index.lexical import LexicalWriter
from recall_lsp.index.schema import is_dictionary_due, renew_dictionary
from recall_lsp.index.vectors import embeddings_path, open_embeddings

_MUCH = 0.1
_TIDIED = "tidied"
"""Under this key of `meta`, the commit after which all pages were filled last."""


def tidy(folder: Path, catalog: sqlite3.Connection, lexical: LexicalWriter) -> bool:
    """Whether the readers are to look anew.  A disk too full for it leaves all as it was."""
    try:
        if is_dictionary_due(catalog):
            renew_dictionary(catalog)
        much = _much_has_changed(catalog)
        shrink(catalog, much)
        for path in folder.glob(embeddings_path(Path(), "*").name):
            with closing(open_embeddings(path, write=True)) as vectors:
                shrink(vectors, much)
        if lexical.is_scattered():
            lexical.compact(catalog)
            return True
    except (OSError, ValueError, sqlite3.OperationalError):
        pass  # it is tried again after the next change
    return False


def _much_has_changed(catalog: sqlite3.Connection) -> bool:
    """Whether a tenth of the notes is another since this was so last."""
    since = get_meta(catalog, _TIDIED, 0)
    changed, notes = catalog.execute("SELECT sum(seq > ?), count(*) FROM notes", (since,)).fetchone()
    if notes and changed > _MUCH * notes:
        set_meta(catalog, _TIDIED, current_seq(catalog))
        return True
    return False


def shrink(database: sqlite3.Connection, wholly: bool) -> None:
    """Give back what SQLite's log takes and, `wholly`, what is empty in its pages.  Raises sqlite3.OperationalError."""
    if wholly:
        database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
