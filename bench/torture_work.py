"""What runs in the processes that `torture.py` forks: the keeper that is killed, and the next start, looked at."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torture_vault import Wanted

from recall_lsp.commands.related import recall_text
from recall_lsp.config import load_options
from recall_lsp.index import check as checking
from recall_lsp.index import embedder, encoder, keep, language, vault
from recall_lsp.index.places import index_dir
from recall_lsp.index.rows import text_hash
from recall_lsp.index.vault import Vault
from recall_lsp.index.watch import Settled

_ASKED = 5
_PATIENCE = 20.0


class Spy:
    """An encoder that remembers what it was asked."""

    def __init__(self, inner: encoder.Encoder, texts: list[str]) -> None:
        self._inner, self._texts = inner, texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._texts += texts
        return self._inner.encode(texts)


def keep_killed(root: Path, once: bool) -> None:
    """A keeper, until it is killed; `once` it is done it begins again, as if started anew."""
    while True:
        keep.keep(root, {}, lambda _: None, Settled(), threading.Event(), once=once)
        sleep(0.05)


def verify(root: Path, wanted: Wanted) -> dict[str, Any]:
    """Counts, and under "troubles" what is wrong, a line each: right after the kill, and after the next start."""
    options, _ = load_options(root)
    loaded = lru_cache(encoder.load)
    texts: list[str] = []

    def spying(model: str, threads: int = 1) -> Any:
        inner = loaded(model, threads)
        return inner and Spy(inner, texts)

    setattr(checking, "load", loaded)  # noqa: B010
    setattr(embedder, "load", spying)  # noqa: B010
    setattr(vault, "load_encoder", lru_cache(encoder.load_encoder))  # noqa: B010
    troubles = [f"{finding.what} (right after)" for finding in _findings(root, options) if finding.broken]
    committed = _vectors(root)
    keep.keep(root, {}, lambda event: _note(event, troubles), Settled(), threading.Event(), once=True)
    again = committed & {text_hash(text) for text in texts}
    lost = committed - _vectors(root)
    troubles += [f"{len(again)} texts were embedded again"] if again else []
    troubles += [f"{len(lost)} vectors were lost"] if lost else []
    troubles += [f"{finding.what} (after the next start)" for finding in _findings(root, options)]
    troubles += _answers(root, options, wanted)
    return {
        "troubles": troubles,
        "texts embedded": len(texts),
        "vectors found committed": len(committed),
        "embedded again": len(again),
        "answers compared": _ASKED,
    }


def _note(event: Any, troubles: list[str]) -> None:
    if event["event"] == "problem":
        troubles.append(f"the keeper told: {event['message']}")


def _findings(root: Path, options: Any) -> list[checking.Finding]:
    """What `check` finds, once the index is ours alone: a killed server's keeper takes a moment to end."""
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        with checking.held(root) as ours:
            if ours:
                return checking.check(root, options)
        sleep(0.02)
    return [checking.Finding("reader", f"a process has kept the index for {_PATIENCE:g} s", broken=True)]


def _vectors(root: Path) -> set[int]:
    found: set[int] = set()
    for path in index_dir(root).glob("vectors-*.db"):
        with closing(sqlite3.connect(path)) as connection:
            found.update(row[0] for row in connection.execute("SELECT hash FROM vectors"))
    return found


def _answers(root: Path, options: Any, wanted: Wanted) -> list[str]:
    """The notes that a fresh reader holds, and by their own words, what it answers with."""
    with closing(Vault(root, options)) as reader:
        while reader.refresh(1 << 30):
            pass
        if set(reader.ids) != set(wanted.words):
            return [f"{len(set(reader.ids) ^ set(wanted.words))} paths differ from the files"]
        asked = sorted(wanted.words.items(), key=lambda pair: text_hash(pair[1]))[:_ASKED]
        wrong = sum([hit.path for hit in recall_text(reader, word, 1, 0.0)] != [path] for path, word in asked)
    return [f"{wrong} answers are wrong"] if wrong else []


os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
language.detect_language("What is loaded once is loaded before the fork, and costs the killed ones nothing.")
