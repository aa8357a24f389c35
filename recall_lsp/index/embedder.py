"""The keeper's model: chosen, loaded or compiled, and given bit by bit what is to be embedded."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

from recall_lsp.index import catalog as cat
from recall_lsp.index.choose import choose_model
from recall_lsp.index.embed import Backlog
from recall_lsp.index.encoder import Encoder, has_sketch, load, run_compile
from recall_lsp.index.mend import whole_embeddings
from recall_lsp.index.report import Report, problem
from recall_lsp.index.vectors import embeddings_path

_SAMPLE = 256
_THREADS = min(2, os.cpu_count() or 1)


class Embedder:
    """One folder's: none until `follow` is told which model is wanted."""

    def __init__(self, catalog: sqlite3.Connection, folder: Path, report: Report) -> None:
        self._catalog, self._folder, self._report = catalog, folder, report
        self._encoder: Encoder | None = None
        self._wanted = ""
        self._model = "none"
        self._error = ""
        self._backlog: Backlog | None = None
        self._compiling: threading.Thread | None = None
        self._whole: set[Path] = set()

    @property
    def missing(self) -> int:
        """How many different texts are not embedded, as far as that is known."""
        return 0 if self._backlog is None else self._backlog.missing

    @property
    def compiling(self) -> bool:
        return self._compiling is not None

    def step(self, gently: bool) -> bool:
        """Embed a little; False when there is nothing to embed."""
        if self._backlog is None or not self._backlog.step(gently):
            return False
        done = {"done": self._backlog.done, "total": self._backlog.total}
        self._report({"event": "progress", "stage": "embedding", **done})
        return True

    def renew(self) -> None:
        """Plan anew what to embed, after notes or the model have changed."""
        if self._backlog is not None:
            self._backlog.close()
            self._backlog = None
        if self._encoder is None:
            return
        path = embeddings_path(self._folder, self._encoder.model_id)
        if path not in self._whole:
            whole_embeddings(path, lambda message: problem(self._report, message))
            self._whole.add(path)
        self._backlog = Backlog(self._catalog, path, self._encoder)

    def follow(self, wanted: str) -> None:
        """Load the model that the settings want, or have it compiled by a process of its own while notes are read."""
        if self._compiling is not None and not self._compiling.is_alive():
            self._compiling = None
            cat.set_meta(self._catalog, cat.MODEL_ERROR, self._error)
            self._report({"event": "progress", "stage": "compiling", "done": 1, "total": 1})
            self._encoder = load(self._model, _THREADS)
            self.renew()
        if wanted == self._wanted or self._compiling is not None:
            return
        self._wanted = wanted
        self._model = choose_model(wanted, self._catalog)
        cat.set_meta(self._catalog, cat.MODEL_ERROR, "")
        self._encoder = None if self._model == "none" else load(self._model, _THREADS)
        self.renew()
        if self._model != "none" and (self._encoder is None or not has_sketch(self._model)):
            sample = cat.sample_texts(self._catalog, _SAMPLE)
            self._report({"event": "progress", "stage": "compiling", "done": 0, "total": 1})
            self._compiling = threading.Thread(target=self._compile, args=(sample,), daemon=True)
            self._compiling.start()

    def _compile(self, sample: list[str]) -> None:
        result = run_compile(self._model, sample)
        self._error = result.error
        if result.error:
            problem(self._report, f"{result.error} Until then, notes are recalled by their words alone.")

    def close(self) -> None:
        if self._backlog is not None:
            self._backlog.close()
