"""How an index stands: what is in it, what is not and why, in words for the user."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recall_lsp.index.catalog import MODEL_ERROR, READING, get_meta, skipped
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.pace import SMALL_BACKLOG, is_paused, on_battery

State = Literal["empty", "reading", "embedding", "ready"]


@dataclass(frozen=True, slots=True)
class Status:
    """`skipped` are files that a rule keeps out, `failed` those that could not be read, each with the reason;
    `problems` are notes read in spite of something wrong.

    `embedded` counts passages that have the model's vector, `rough` those that have a rough one until then, in this
    process; `size` is the bytes on disk.
    """

    state: State
    message: str
    notes: int
    passages: int
    embedded: int
    model: str
    skipped: tuple[tuple[str, str], ...]
    problems: tuple[tuple[str, str], ...]
    size: int
    failed: tuple[tuple[str, str], ...] = ()
    rough: int = 0


def read_status(
    catalog: sqlite3.Connection | None, folder: Path, model: str, encoder: Encoder | None, matrix: Matrix | None
) -> Status:
    """The status as a reader with this matrix sees it."""
    if catalog is None:
        return Status("empty", "nothing is indexed yet", 0, 0, 0, model, (), (), 0)
    notes = catalog.execute("SELECT count(*) FROM notes").fetchone()[0]
    passages = catalog.execute("SELECT count(*) FROM passages WHERE letters").fetchone()[0]
    rough = 0 if matrix is None else matrix.rough
    embedded = 0 if matrix is None else len(matrix) - rough
    state: State = "ready"
    message = f"{notes} notes"
    if reading := get_meta(catalog, READING, ""):
        state, message = "reading", f"{notes} notes; {reading} changed files read"
    elif not notes:
        state, message = "empty", "no notes are indexed yet"
    elif model == "none":
        message = f"{notes} notes, by words alone (model = none)"
    elif encoder is None and (why := get_meta(catalog, MODEL_ERROR, "")):
        message = f"{notes} notes, by words alone: {why}"
    elif encoder is None:
        state, message = "embedding", f"{notes} notes by words; the model is being compiled"
    elif embedded < passages:
        state, message = "embedding", f"{notes} notes; {embedded} of {passages} passages embedded"
        message += f", {rough} roughly until then" if rough else ""
    if is_paused(folder):
        message += "; indexing is paused until it is resumed (recall.resumeIndexing)"
    elif encoder is not None and passages - embedded > SMALL_BACKLOG and on_battery():
        message += "; the rest waits for mains power (`recall-lsp index` does not)"
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Status(
        state, message, notes, passages, embedded, encoder.model_id if encoder else model,
        skipped(catalog), _problems(catalog), size, skipped(catalog, failed=True), rough,
    )  # fmt: skip


def _problems(catalog: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    rows = catalog.execute("SELECT path, problems FROM notes WHERE problems != '' ORDER BY path")
    return tuple((path, problem) for path, problems in rows for problem in problems.splitlines())
