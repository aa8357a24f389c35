"""Following the keeper: what a reader of an index holds in memory, brought up to what was committed, bite by bite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index.choose import chosen_model
from recall_lsp.index.cited import Cited
from recall_lsp.index.encoder import Encoder, load
from recall_lsp.index.graph import Graph
from recall_lsp.index.lexical import InverseFrequency, Lexical, ViewState, view_state
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.name_terms import Heard, NameTerms, names_of
from recall_lsp.index.namings import Namings
from recall_lsp.index.places import index_dir
from recall_lsp.index.rough import Rough
from recall_lsp.index.rows import Entry, EntryRow
from recall_lsp.index.suggest import Names
from recall_lsp.index.tally import Tally
from recall_lsp.index.traits import Traits
from recall_lsp.index.tuned import UNTUNED, Tuned, read_tuned, tuned_path, tuned_stamp
from recall_lsp.index.vectors import embeddings_path, open_embeddings

_NOTES_A_BITE = 30
"""Taken in at a time, some 2 ms: a question waits no longer than that for what the keeper wrote."""
_NAMED_A_BITE = 100
_VECTORS_A_BITE = 100
_LOOK_FOR_MODEL = 1.0
_NEVER = (-1, -1, ViewState())
_FIRST = (0, 0)
_UNHEARD = InverseFrequency()


class Follower:
    """`entries` maps note ids, `graph` tells the links, `traits` what is asked of many notes at once; `lexical` and
    `matrix` are the views.

    Used from one thread.  It never writes, and never waits for the keeper.
    """

    def __init__(self, root: Path, options: Options) -> None:
        self.root = root
        self.options = options
        self.folder = index_dir(root)
        self.entries: dict[int, Entry] = {}
        self.ids: dict[str, int] = {}
        self.graph = Graph()
        self.traits = Traits()
        self.tally = Tally()
        self.lexical: Lexical | None = None
        self.encoder: Encoder | None = None
        self.matrix: Matrix | None = None
        self._rough: Rough | None = None
        self.model = options.model
        """The model's name; what was chosen where the settings leave it open."""
        self.tuned: Tuned = UNTUNED
        self.revision = 0
        """Another whenever an answer may be another."""
        self.notes_revision = 0
        """Another whenever a note has come, changed or gone."""
        self._catalog: sqlite3.Connection | None = None
        self._embeddings: sqlite3.Connection | None = None
        self._inodes = (0, 0)
        self._after = _FIRST
        self._seen_versions = _NEVER
        self._lexical_state = ViewState()
        self._model_looked_for = -_LOOK_FOR_MODEL
        self._names = Names()
        self._unnamed: dict[int, None] = {}
        self._unmatched: list[int] = []
        self._unusable_vectors = (0, 0)
        self._cited = Cited()
        self._namings = Namings()
        self._name_terms, self._names_language = NameTerms(), ""
        self._tuned_path = tuned_path(root)
        self._tuned_stamp: tuple[int, int] | None = None

    def refresh(self, limit: int = _NOTES_A_BITE) -> bool:
        """Take in what the keeper wrote, at most `limit` notes; True when there may be more to take.

        Raises nothing: an index that cannot be read counts as empty until the keeper has mended it.
        """
        self._follow_tuning()
        try:
            return self._refresh(limit)
        except FileNotFoundError:
            if self._catalog is not None:  # it was removed under us
                self._forget()
            return False
        except (sqlite3.DatabaseError, ValueError, OSError):
            self._forget()
            return False

    def _refresh(self, limit: int) -> bool:
        path = self.folder / "catalog.db"
        if self._catalog is not None and self._inodes != self._inodes_now():  # a damaged file was made anew
            self._forget()
        if self._catalog is None:
            self._catalog = cat.open_catalog(path, write=False)
            self._inodes = self._inodes_now()
        self._load_model()
        # The full-text view is committed after the catalog: its state is a version of its own.
        view = view_state(self.folder / "lexical")
        versions = (_data_version(self._catalog), _data_version(self._embeddings), view)
        if versions == self._seen_versions:
            return False
        newest = cat.current_seq(self._catalog)
        changed = cat.entries_since(self._catalog, self._after, limit)
        more = len(changed) >= limit
        removed = [note for note in cat.removed_since(self._catalog, self._after[0]) if note in self.entries]
        self._take(changed, removed)
        if changed or removed:
            self.notes_revision += 1
        last = (changed[-1].seq, changed[-1].entry.id) if changed else _FIRST
        self._after = last if more else (max(newest, last[0]), cat.LAST_ID)
        more = self._follow_vectors([row.entry.id for row in changed], removed, limit) or more
        self._follow_lexical(view)
        self.revision += 1
        self._seen_versions = _NEVER if more else versions
        return more

    def prepare(self) -> bool:
        """Have more names and links ready before they are asked for; True when there are more."""
        named = self._name_notes(_NAMED_A_BITE)
        some = np.array(named, np.int64)
        self.graph.in_degrees.of(some)
        self.graph.out_degrees.of(some)
        self._read_names(some)
        if not self._unnamed and not self._names.ready:
            self._names.make_ready()
        if self._namings.waiting:
            self._namings.follow(self.entries, self.main_language, self.notes_revision)
        if self._catalog is not None:
            try:
                self._look_ahead(self._catalog)
            except (sqlite3.DatabaseError, ValueError):
                self._forget()  # until the keeper has mended it
        return self.unprepared

    @property
    def unprepared(self) -> bool:
        """Whether `prepare` has something to do."""
        rough = self._rough is not None and self._rough.waiting
        return not self._names.ready or bool(self._unnamed) or self._namings.waiting or self._cited.waiting or rough

    @property
    def meaning(self) -> Matrix | None:
        """The matrix, once it tells something."""
        matched = 2 * len(self._unmatched) <= len(self.entries)
        return self.matrix if self.matrix is not None and matched and self.matrix.tells else None

    def _look_ahead(self, catalog: sqlite3.Connection) -> None:
        if self._cited.waiting:
            self._cited.read_ahead(catalog)
        elif self._rough is not None and self._rough.waiting:
            self._rough.step(catalog)
            self.revision += 1

    def _name_notes(self, most: int) -> list[int]:
        """Notes [<= most] whose names could not be suggested before, and now can."""
        notes = list(islice(self._unnamed, most))
        for note in notes:
            del self._unnamed[note]
            self._names.put(self.entries[note])
        return notes

    @property
    def idf(self) -> Mapping[str, float]:
        """BM25's idf of terms over the notes: any may be looked up; 0 for one that stands nowhere."""
        return _UNHEARD if self.lexical is None else self.lexical.idf

    @property
    def main_language(self) -> str:
        """The language of most notes; "" while none is known."""
        return self.tally.main_language[0]

    def names_heard(self, notes: NDArray[np.int64], heard: Iterable[str], asked: Iterable[str]) -> Heard:
        """What two sets of terms, `heard` and within it `asked`, say of the notes' titles and aliases."""
        self._read_names(notes)
        return self._name_terms.heard(notes, heard, asked, self.idf)

    def _read_names(self, notes: NDArray[np.int64]) -> None:
        language = self.main_language
        if language != self._names_language:
            self._names_language = language
            self._name_terms.clear()
        for note in self._name_terms.missing(notes).tolist():
            self._name_terms.put(note, names_of(self.entries[note], language))

    def _inodes_now(self) -> tuple[int, int]:
        """The files under us: the catalog's, and the vectors' once they are open."""
        vectors = embeddings_path(self.folder, self.encoder.model_id) if self.encoder and self._embeddings else None
        catalog = (self.folder / "catalog.db").stat().st_ino
        return catalog, vectors.stat().st_ino if vectors and vectors.exists() else 0

    def _take(self, rows: Sequence[EntryRow], removed: Sequence[int]) -> None:
        self._cited.forget((*removed, *(row.entry.id for row in rows)))
        self._cited.expect(row.entry.id for row in rows if row.mentions)
        for note in removed:
            entry = self.entries.pop(note)
            self.ids.pop(entry.path, None)
            self.graph.remove(note)
            self.traits.remove(note)
            self._name_terms.remove(note)
            self.tally.remove(entry)
            self._names.remove(note)
            self._unnamed.pop(note, None)
        for row in rows:
            entry = row.entry
            if entry.id in self.entries:
                self.tally.remove(self.entries[entry.id])
            self.entries[entry.id], self.ids[entry.path] = entry, entry.id
            self.graph.put(entry.id, entry.path, row.names, row.mentions)
            self.traits.put(entry)
            self._name_terms.remove(entry.id)
            self.tally.put(entry)
            self._unnamed[entry.id] = None

    def _follow_lexical(self, view: ViewState) -> None:
        """What is damaged is closed until it has been made anew; what is being made anew goes on answering."""
        if not view.seq or view == self._lexical_state:
            return
        try:
            if self.lexical is None or view.born != self._lexical_state.born:
                self.lexical = Lexical(self.folder / "lexical")
            else:
                self.lexical.reload()
        except (ValueError, OSError):
            self.lexical = None
        self._lexical_state = view

    def _follow_vectors(self, changed: Sequence[int], removed: Sequence[int], limit: int) -> bool:
        """True when there may be more to take."""
        if self.matrix is None or self._catalog is None:
            return False
        some = {note: None for note in (*changed, *self._unmatched[:limit]) if note in self.entries}
        try:
            self.matrix.apply(self._catalog, list(some), removed)
            more = self.matrix.fill(_VECTORS_A_BITE)
        except (sqlite3.DatabaseError, ValueError):
            self._close_vectors()
            return False
        del self._unmatched[:limit]
        return more or bool(self._unmatched)

    def _follow_tuning(self) -> None:
        stamp = tuned_stamp(self._tuned_path)
        if stamp != self._tuned_stamp:
            self._tuned_stamp, self.tuned = stamp, read_tuned(self._tuned_path)
            self.revision += 1

    def _load_model(self) -> None:
        """Take the encoder as soon as it is compiled, and its matrix as soon as there are vectors."""
        if self.model != (model := chosen_model(self.options.model, self._catalog)):
            self._forget_model(model)
        if model == "none" or self.matrix is not None:
            return
        if self.encoder is None:
            if monotonic() - self._model_looked_for < _LOOK_FOR_MODEL:
                return
            self._model_looked_for = monotonic()
            self.encoder = load(model)
            if self.encoder is None:
                return
        path = embeddings_path(self.folder, self.encoder.model_id)
        if not path.exists() or _stamp(path) == self._unusable_vectors:
            return
        self._embeddings = open_embeddings(path, write=False)
        self._inodes = self._inodes_now()
        try:
            self.matrix = Matrix(self._embeddings, self.encoder.dims)
            self._rough = Rough(self.encoder, self.matrix)
        except sqlite3.DatabaseError:
            self._close_vectors()
        self._unmatched = list(self.entries)

    def _forget_model(self, model: str) -> None:
        """The keeper has chosen another."""
        if self._embeddings is not None:
            self._embeddings.close()
        self.model, self.encoder, self._embeddings, self.matrix, self._rough = model, None, None, None, None
        self._inodes = self._inodes_now()

    def _close_vectors(self) -> None:
        """Words answer alone until the keeper has made the damaged vectors anew."""
        assert self.encoder is not None
        self._unusable_vectors = _stamp(embeddings_path(self.folder, self.encoder.model_id))
        if self._embeddings is not None:
            self._embeddings.close()
        self._embeddings = self.matrix = self._rough = None
        self._inodes = self._inodes_now()

    def _forget(self) -> None:
        """Start over: the files under us are others than before."""
        self.close()
        self.entries, self.ids, self.graph, self.traits, self.tally = {}, {}, Graph(), Traits(), Tally()
        self._names, self._unnamed, self._unmatched, self._namings = Names(), {}, [], Namings()
        self._cited, self._name_terms = Cited(), NameTerms()
        self._after, self._seen_versions, self._lexical_state = _FIRST, _NEVER, ViewState()
        self.revision += 1
        self.notes_revision += 1

    def close(self) -> None:
        for connection in (self._catalog, self._embeddings):
            if connection is not None:
                connection.close()
        self._catalog = self._embeddings = self.matrix = self._rough = self.lexical = None


def _stamp(path: Path) -> tuple[int, int]:
    """What tells a file from the one that was there before (an inode alone may be given again)."""
    status = path.stat()
    return status.st_ino, status.st_ctime_ns


def _data_version(connection: sqlite3.Connection | None) -> int:
    """Changes whenever another process has committed (SQLite's PRAGMA data_version)."""
    return -1 if connection is None else int(connection.execute("PRAGMA data_version").fetchone()[0])
