"""Embeddings on disk: one file a model, keyed by text hash.

A vector is stored as int8, each scaled by its own largest component: cosine does not see the scale, and
384 dimensions take 384 bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.database import connect, immediate
from recall_lsp.index.int8_rows import to_int8

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL UNIQUE, vector BLOB NOT NULL)"
)
_LOOKUP = 5000
_PAGE = 2048
"""Five vectors of 384 bytes fill one."""


def embeddings_path(folder: Path, model_id: str) -> Path:
    """Where an index keeps the vectors of one model."""
    return folder / f"vectors-{model_id}.db"


def open_embeddings(path: Path, *, write: bool) -> sqlite3.Connection:
    """The table of one model's vectors.  Raises FileNotFoundError for a reader where there is none yet."""
    connection = connect(path, write=write, page=_PAGE)
    if write:
        connection.execute(_SCHEMA)
    return connection


def put_embeddings(connection: sqlite3.Connection, hashes: Sequence[int], rows: NDArray[np.float32]) -> None:
    """Store unit rows [n, dims], one a hash, in one commit."""
    packed = to_int8(rows)
    with immediate(connection):
        connection.executemany(
            "INSERT OR IGNORE INTO vectors (hash, vector) VALUES (?, ?)",
            ((key, row.tobytes()) for key, row in zip(hashes, packed, strict=True)),
        )


def get_embeddings(connection: sqlite3.Connection, hashes: Iterable[int]) -> dict[int, bytes]:
    """int8 vectors, as bytes [dims], of those hashes that are there."""
    keys = list(hashes)
    found: dict[int, bytes] = {}
    for at in range(0, len(keys), _LOOKUP):
        wanted = ",".join(str(int(key)) for key in keys[at : at + _LOOKUP])
        rows = connection.execute(f"SELECT hash, vector FROM vectors WHERE hash IN ({wanted})")
        found.update(rows)
    return found
