"""What the catalog lacks in vectors, embedded bit by bit: newest notes first, each text once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recall_lsp.index.catalog import passages_by_id
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.rows import embedded_text
from recall_lsp.index.vectors import open_embeddings, put_embeddings

_WINDOW = 512
"""Passages sorted by length together: enough that little is padded, few enough that the newest come first."""
_STEP = 16
"""Texts embedded and committed at a time, some 0.1 s: a saved note waits no longer than that."""


class Backlog:
    """The texts of one catalog that one model has not embedded yet."""

    def __init__(self, catalog: sqlite3.Connection, path: Path, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._embeddings = open_embeddings(path, write=True)
        catalog.execute("ATTACH ? AS embeddings", (str(path),))
        self.total = catalog.execute("SELECT count(DISTINCT hash) FROM passages WHERE text != ''").fetchone()[0]
        self._steps = self._plan()

    @property
    def done(self) -> int:
        """How many different texts are embedded."""
        return int(self.total) - len(self._missing)

    @property
    def missing(self) -> int:
        """How many different texts are not."""
        return len(self._missing)

    def step(self, gently: bool = False) -> bool:
        """Embed and commit the next few texts; False when there are none left.  `gently`: on one core."""
        ids = next(self._steps, None)
        if ids is None:
            return False
        texts = {row.id: embedded_text(row.passage) for row in passages_by_id(self._catalog, ids).values()}
        hashes = [self._missing.pop(passage) for passage in texts]
        encode = self._encoder.encode
        rows = np.concatenate([encode([text]) for text in texts.values()]) if gently else encode([*texts.values()])
        put_embeddings(self._embeddings, hashes, rows)
        return True

    def close(self) -> None:
        self._steps = iter(())
        self._embeddings.close()
        self._catalog.execute("DETACH embeddings")

    def _plan(self) -> Iterator[list[int]]:
        rows = self._catalog.execute(
            "SELECT p.id, p.hash, length(p.text) FROM passages p JOIN notes n ON n.id = p.note WHERE p.text != ''"
            " AND NOT EXISTS (SELECT 1 FROM embeddings.vectors v WHERE v.hash = p.hash)"
            " GROUP BY p.hash ORDER BY max(n.mtime_ns) DESC, p.id"
        ).fetchall()
        self._missing = {passage: key for passage, key, _ in rows}
        return _in_steps([(passage, length) for passage, _, length in rows])


def _in_steps(rows: list[tuple[int, int]]) -> Iterator[list[int]]:
    for at in range(0, len(rows), _WINDOW):
        window = [passage for passage, _ in sorted(rows[at : at + _WINDOW], key=lambda row: row[1])]
        for step in range(0, len(window), _STEP):
            yield window[step : step + _STEP]
