"""How fast the keeper embeds, beside a bare onnxruntime loop over texts that it embedded a moment before."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psutil
from encoding import bare_batches, bare_loop, seconds
from stdio_client import Client, GoneError

from recall_lsp.index.catalog import open_catalog, passages_by_id
from recall_lsp.index.rows import embedded_text

EMBEDDING = "Learning what notes mean"
_ROUNDS = 2


@dataclass(slots=True)
class Throughput:
    """Passages a second: the keeper's over `window` seconds, and of bare loops by (name, threads)."""

    keeper: float = 0.0
    passages: int = 0
    window: float = 0.0
    tokens: float = 0.0
    bare: dict[tuple[str, int], float] = field(default_factory=dict)


async def measure_throughput(client: Client, cache: Path, alone: float, most: int, told: Throughput) -> float:
    """Let the keeper embed for `alone` seconds; then stop it for bare loops over at most `most` of those texts.

    Returns the seconds that it was stopped.  Raises GoneError.
    """
    first = client.progress[-1]
    _, rows_before = embedded(cache)
    until_then = perf_counter() + alone
    while perf_counter() < until_then and client.progress[-1].stage:
        await asyncio.sleep(0.1)
    last = [step for step in client.progress if step.stage == EMBEDDING][-1]
    texts = _texts_since(cache, rows_before)
    told.passages, told.window = last.done - first.done, last.at - first.at
    told.keeper = told.passages / told.window if told.window else 0.0
    texts = texts[:: max(1, len(texts) // most)][:most]
    started = perf_counter()
    with _stopped(client.keeper):
        _run_bare(_model_folder(cache), texts, told)
    return perf_counter() - started


def _run_bare(model: Path, texts: Sequence[str], told: Throughput) -> None:
    if not texts:
        raise GoneError("nothing was embedded in the time given")
    single, grouped = bare_batches(model, texts, 1), bare_batches(model, texts, 8)
    told.tokens = sum(int(batch["attention_mask"].sum()) for batch in single) / len(texts)
    halves = [bare_loop(model, single[at::2], 1) for at in (0, 1)]
    loops: dict[tuple[str, int], Callable[[], object]] = {
        ("one text at a time", 1): bare_loop(model, single, 1),
        ("one text at a time", 2): bare_loop(model, single, 2),
        ("batches of 8", 1): bare_loop(model, grouped, 1),
        ("batches of 8", 2): bare_loop(model, grouped, 2),
    }
    with ThreadPoolExecutor(2) as pool:
        loops["two texts side by side", 2] = lambda: list(pool.map(lambda half: half(), halves))
        for key, loop in list(loops.items()) * _ROUNDS:
            told.bare[key] = max(told.bare.get(key, 0.0), len(texts) / seconds(loop))


@contextmanager
def _stopped(process: psutil.Process) -> Iterator[None]:
    process.suspend()
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()


def index_folder(cache: Path) -> Path:
    """The one index in a cache."""
    return next((cache / "indexes").iterdir())


def _model_folder(cache: Path) -> Path:
    name = next(index_folder(cache).glob("vectors-*.db")).stem.removeprefix("vectors-")
    return cache / "models" / name


def embedded(cache: Path) -> tuple[int, int]:
    """Number of vectors, and the id of the newest."""
    with contextlib.closing(sqlite3.connect(next(index_folder(cache).glob("vectors-*.db")))) as connection:
        count, newest = connection.execute("SELECT count(*), coalesce(max(id), 0) FROM vectors").fetchone()
    return count, newest


def _texts_since(cache: Path, row: int) -> list[str]:
    """What was embedded after that row, in that order."""
    vectors = next(index_folder(cache).glob("vectors-*.db"))
    with contextlib.closing(open_catalog(index_folder(cache) / "catalog.db", write=False)) as catalog:
        catalog.execute("ATTACH ? AS embeddings", (str(vectors),))
        ids = catalog.execute(
            "SELECT min(p.id) FROM embeddings.vectors v JOIN passages p ON p.hash = v.hash"
            " WHERE v.id > ? GROUP BY v.id ORDER BY v.id",
            (row,),
        ).fetchall()
        rows = passages_by_id(catalog, [found for (found,) in ids])
        return [embedded_text(rows[found].passage) for (found,) in ids]
