"""What the catalog lacks in vectors, embedded bit by bit: newest notes first, each text once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from recall_lsp.index.catalog import passages_by_id
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.rows import embedded_text
from recall_lsp.index.vectors import open_embeddings, put_embeddings

_STEP = 16
"""Texts embedded and committed at a time, some 0.1 s: a saved note waits no longer than that."""
_GENTLE_STEP = 4
"""And beside a writer, one by one: some 30 ms on one core."""


class Backlog:
    """The texts of one catalog that one model has not embedded yet."""

    def __init__(self, catalog: sqlite3.Connection, path: Path, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._embeddings = open_embeddings(path, write=True)
        catalog.execute("ATTACH ? AS embeddings", (str(path),))
        self.total = catalog.execute("SELECT count(DISTINCT hash) FROM passages WHERE letters").fetchone()[0]
        self._order = self._plan()

    @property
    def done(self) -> int:
        """How many different texts are embedded."""
        return int(self.total) - len(self._missing)

    @property
    def missing(self) -> int:
        """How many different texts are not."""
        return len(self._missing)

    def step(self, gently: bool = False) -> bool:
        """Embed and commit the next few texts; False when there are none left.  `gently`: on one core, and fewer."""
        ids = list(islice(self._order, _GENTLE_STEP if gently else _STEP))
        if not ids:
            return False
        texts = {row.id: embedded_text(row.passage) for row in passages_by_id(self._catalog, ids).values()}
        hashes = [self._missing.pop(passage) for passage in texts]
        encode = self._encoder.encode
        rows = np.concatenate([encode([text]) for text in texts.values()]) if gently else encode([*texts.values()])
        put_embeddings(self._embeddings, hashes, rows)
        return True

    def close(self) -> None:
        self._order = iter(())
        self._embeddings.close()
        self._catalog.execute("DETACH embeddings")

    def _plan(self) -> Iterator[int]:
        rows = self._catalog.execute(
            "SELECT p.id, p.hash FROM passages p JOIN notes n ON n.id = p.note WHERE p.letters"
            " AND NOT EXISTS (SELECT 1 FROM embeddings.vectors v WHERE v.hash = p.hash)"
            " GROUP BY p.hash ORDER BY max(n.mtime_ns) DESC, p.id"
        ).fetchall()
        self._missing = dict(rows)
        return iter(list(self._missing))
