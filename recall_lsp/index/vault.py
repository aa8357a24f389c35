"""A notes folder as it can be asked: a reader that follows what the keeper writes, in any process.

Used from one thread.  It never writes, never waits for the keeper, and answers with what there is: nothing
before the first commit, words before the first embedding.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index.assurance import Assured
from recall_lsp.index.choose import chosen_model
from recall_lsp.index.encoder import Encoder, load
from recall_lsp.index.feedback import Feedback
from recall_lsp.index.graph import Graph
from recall_lsp.index.language import note_language
from recall_lsp.index.lexical import InverseFrequency, Lexical, ViewState, view_state
from recall_lsp.index.namings import Namings
from recall_lsp.index.patterns import hidden_from
from recall_lsp.index.phrases import Phrases
from recall_lsp.index.places import index_dir
from recall_lsp.index.preview import Preview, make_preview
from recall_lsp.index.rows import Entry, EntryRow, NoteRow, PassageRow, bytes_hash, embedded_text, text_hash
from recall_lsp.index.status import Status, read_status
from recall_lsp.index.suggest import Names, Suggestion
from recall_lsp.index.tally import Tally, file_day
from recall_lsp.index.traits import Name, Traits
from recall_lsp.index.tuned import UNTUNED, Tuned, read_tuned, tuned_path, tuned_stamp
from recall_lsp.index.vectors import Matrix, embeddings_path, get_embeddings, open_embeddings, to_int8, to_unit
from recall_lsp.notes.link_format import LinkStyle
from recall_lsp.notes.model import Link, Note, Passage, Span
from recall_lsp.notes.read import decode
from recall_lsp.notes.resolve import link_keys

_NOTES_A_BITE = 60
"""Taken in at a time, some 4 ms: a question waits no longer than that for what the keeper wrote."""
_NAMED_A_BITE = 200
_VECTORS_A_BITE = 200
_LOOK_FOR_MODEL = 1.0
_NEVER = (-1, -1, ViewState())
_FIRST = (0, 0)
_UNHEARD = InverseFrequency()


class Vault:
    """See the module.  `entries` maps note ids, `graph` tells the links, `traits` what is asked of many notes at
    once; `lexical` and `matrix` are the views."""

    def __init__(self, root: Path, options: Options) -> None:
        self.root = root
        self.options = options
        self.folder = index_dir(root)
        self.entries: dict[int, Entry] = {}
        self.ids: dict[str, int] = {}
        self.graph = Graph()
        self.traits = Traits()
        self.tally = Tally()
        self.feedback = Feedback(root)
        self.assured = Assured(root)
        self.lexical: Lexical | None = None
        self.encoder: Encoder | None = None
        self.matrix: Matrix | None = None
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
        self._namings = Namings()
        self._phrases = Phrases(self.folder / "phrases")
        self._encoded = lru_cache(maxsize=512)(self._encode_one)
        self._sketched = lru_cache(maxsize=512)(self._sketch_some)
        self._tuned_path = tuned_path(root)
        self._tuned_stamp: tuple[int, int] | None = None

    # Following the keeper

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
        for note in named:
            self.graph.backlinks(note)
        for _ in self.names_of(named):
            pass
        if self._namings.waiting:
            self._namings.follow(self.entries, self.main_language, self.notes_revision)
        return self.unprepared

    @property
    def unprepared(self) -> bool:
        """Whether `prepare` has something to do."""
        return bool(self._unnamed) or self._namings.waiting

    def _name_notes(self, most: int) -> list[int]:
        """Notes [<= most] whose names could not be suggested before, and now can."""
        notes = list(islice(self._unnamed, most))
        for note in notes:
            del self._unnamed[note]
            self._names.put(self.entries[note])
        return notes

    def _inodes_now(self) -> tuple[int, int]:
        """The files under us: the catalog's, and the vectors' once they are open."""
        vectors = embeddings_path(self.folder, self.encoder.model_id) if self.encoder and self._embeddings else None
        catalog = (self.folder / "catalog.db").stat().st_ino
        return catalog, vectors.stat().st_ino if vectors and vectors.exists() else 0

    def _take(self, rows: Sequence[EntryRow], removed: Iterable[int]) -> None:
        for note in removed:
            entry = self.entries.pop(note)
            self.ids.pop(entry.path, None)
            self.graph.remove(note)
            self.traits.remove(note)
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
        except sqlite3.DatabaseError:
            self._close_vectors()
        self._unmatched = list(self.entries)

    def _forget_model(self, model: str) -> None:
        """The keeper has chosen another."""
        if self._embeddings is not None:
            self._embeddings.close()
        self.model, self.encoder, self._embeddings, self.matrix = model, None, None, None
        self._encoded.cache_clear()
        self._sketched.cache_clear()
        self._inodes = self._inodes_now()

    def _close_vectors(self) -> None:
        """Words answer alone until the keeper has made the damaged vectors anew."""
        assert self.encoder is not None
        self._unusable_vectors = _stamp(embeddings_path(self.folder, self.encoder.model_id))
        if self._embeddings is not None:
            self._embeddings.close()
        self._embeddings = self.matrix = None
        self._inodes = self._inodes_now()

    def _forget(self) -> None:
        """Start over: the files under us are others than before."""
        self.close()
        self.entries, self.ids, self.graph, self.traits, self.tally = {}, {}, Graph(), Traits(), Tally()
        self._names, self._unnamed, self._unmatched, self._namings = Names(), {}, [], Namings()
        self._after, self._seen_versions, self._lexical_state = _FIRST, _NEVER, ViewState()
        self.revision += 1
        self.notes_revision += 1

    def close(self) -> None:
        self.assured.keep()
        for connection in (self._catalog, self._embeddings):
            if connection is not None:
                connection.close()
        self._catalog = self._embeddings = self.matrix = self.lexical = None

    # Asking

    def entry(self, path: str) -> Entry | None:
        note = self.ids.get(path)
        return None if note is None else self.entries[note]

    def resolve(self, link: Link, source: str) -> str | None:
        """The path of the note that a link in `source` means."""
        if not link.target and link.kind != "block":
            return source
        note = self.graph.resolve(link_keys(link, source), source)
        return None if note is None else self.entries[note].path

    def outlinks(self, note: Note) -> frozenset[int]:
        """The notes that a buffer links to, by its own links and not those on disk."""
        found = (self.graph.resolve(link_keys(link, note.path), note.path) for link in note.links)
        return frozenset(target for target in found if target is not None) - {self.ids.get(note.path, -1)}

    def ambiguous(self, path: str) -> bool:
        """Whether another note has the same file name."""
        stem = path.rpartition("/")[2].rpartition(".")[0]
        link = Link(stem, "", stem, "wiki", Span(0, 0), 0)
        return any(len(self.graph.owners(key)) > 1 for key in link_keys(link, path)[-1:])

    @property
    def model_id(self) -> str:
        """The model whose vectors are asked; "" while there is none."""
        return "" if self.encoder is None or self.matrix is None else self.encoder.model_id

    def passages(self, ids: Iterable[int]) -> dict[int, PassageRow]:
        return {} if self._catalog is None else cat.passages_by_id(self._catalog, ids)

    def passages_of(self, note: int) -> list[PassageRow]:
        return [] if self._catalog is None else cat.passages_of(self._catalog, [note])

    def first_passage(self, note: int) -> int | None:
        return None if self._catalog is None else cat.first_passage(self._catalog, note)

    def row(self, note: int) -> NoteRow | None:
        """Everything that the catalog holds of a note."""
        return None if self._catalog is None else cat.note_by_id(self._catalog, note)

    def row_as_read(self, path: str, data: bytes) -> NoteRow | None:
        """The same by path; None if the file's bytes are others than those that were read."""
        note = self.ids.get(path)
        if note is None or self._catalog is None or cat.file_hash(self._catalog, path) != bytes_hash(data):
            return None
        return self.row(note)

    @property
    def phrases(self) -> Phrases:
        """How the writer went on after any words, up to what the keeper wrote last."""
        if self._catalog is not None:
            self._phrases.follow(self._catalog, self.revision)
        return self._phrases

    @property
    def namings(self) -> Namings:
        """Which notes some words name."""
        self._namings.follow(self.entries, self.main_language, self.notes_revision)
        return self._namings

    def encode(self, text: str) -> NDArray[np.float32] | None:
        """Unit vector [dims] of a text, from a small memory of recent ones; None without a model."""
        return None if self.encoder is None or not text.strip() else self._encoded(text)

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Sketches [n, d] of texts, from a memory of recent ones; [n, 0] without a model or its table."""
        return np.zeros((len(texts), 0), np.float32) if self.encoder is None else self._sketched(tuple(texts))

    def _sketch_some(self, texts: tuple[str, ...]) -> NDArray[np.float32]:
        assert self.encoder is not None
        return self.encoder.sketch(texts)

    def known_vectors(self, passages: Iterable[Passage]) -> NDArray[np.float32]:
        """Unit vectors [n, dims] of those of a buffer's passages that are embedded already."""
        if self._embeddings is None or self.encoder is None:
            return np.zeros((0, 0), np.float32)
        keys = {text_hash(text) for text in map(embedded_text, passages) if text}
        known = get_embeddings(self._embeddings, keys)
        packed = b"".join(known[key] for key in sorted(known))
        return to_unit(np.frombuffer(packed, np.int8).reshape(len(known), self.encoder.dims))

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        assert self.encoder is not None
        row = self.encoder.encode([text])
        return np.asarray(to_unit(to_int8(row))[0], np.float32)

    @property
    def link_style(self) -> LinkStyle:
        """How this vault writes its links."""
        if self.options.link_style != "auto":
            return self.options.link_style
        return self.tally.link_style

    def date_of(self, entry: Entry) -> date | None:
        """The day a note tells, else its file's; None where the file's tells nothing.

        In a vault that was copied or cloned most files are of one day, and that day is not when they were written.
        """
        if entry.written is not None:
            return entry.written
        day = file_day(entry)
        return None if day == self.tally.day_of_copying else day

    def language_of(self, note: Note) -> str:
        """The language of a buffer: that of its file, or the vault's where it has but one; told from the text if not.

        A vault has but one language when nine of ten notes are in it.
        """
        entry = self.entry(note.path)
        if entry is not None and entry.language:
            return entry.language
        main, share = self.tally.main_language
        return main if share >= 0.9 else note_language(note) or main

    @property
    def main_language(self) -> str:
        """The language of most notes; "" while none is known."""
        return self.tally.main_language[0]

    def inverse_frequency(self, term: str) -> float:
        """BM25's idf of a term over the notes; 0 for one that stands nowhere."""
        return self.idf[term]

    @property
    def idf(self) -> Mapping[str, float]:
        """The same of all terms: any may be looked up."""
        return _UNHEARD if self.lexical is None else self.lexical.idf

    def names_of(self, notes: Iterable[int]) -> Iterator[tuple[Name, ...]]:
        """Each note's title and aliases."""
        language = self.main_language
        return (self.traits.names(self.entries[note], language) for note in notes)

    def hidden_from(self, source: str) -> Callable[[str], bool] | None:
        """Which paths the settings hide from a writer in the note at `source`; None where they hide none."""
        return hidden_from(self.options.scope, source)

    def hides(self, source: str) -> Callable[[int], bool]:
        """Which notes neither the settings nor what the user taught let come to a writer in the note at `source`."""
        scoped, taught = self.hidden_from(source), self.feedback.hidden(source)

        def hidden(note: int) -> bool:
            path = self.entries[note].path
            return path in taught or (scoped is not None and scoped(path))

        return hidden

    def suggest(self, query: str, limit: int, source: str = "") -> list[Suggestion]:
        """Notes and headings whose name is like what was typed in the note at `source`, without those hidden there;
        the notes changed last for nothing typed."""
        self._name_notes(len(self._unnamed))
        found = self._names.suggest(query, limit, self.hidden_from(source))
        return [replace(one, written=self.date_of(self.entries[self.ids[one.path]])) for one in found]

    def near(self, name: str, limit: int, source: str = "") -> list[Suggestion]:
        """The same for a whole name that leads nowhere: those that may have been meant."""
        self._name_notes(len(self._unnamed))
        return self._names.near(name, limit, self.hidden_from(source))

    def preview(self, path: str, fragment: str) -> Preview | None:
        """What a link to `path`, with a heading or `^block` as fragment, shows; None for no such note."""
        note = self.ids.get(path)
        row = None if note is None else self.row(note)
        if note is None or row is None:
            return None
        backlinks = len(self.graph.backlinks(note))
        return make_preview(row, self.passages_of(note), self.date_of(self.entries[note]), backlinks, fragment)

    def text_of(self, path: str) -> str | None:
        """A note's text as its file stands now; None when it cannot be read."""
        try:
            return decode((self.root / path).read_bytes())
        except OSError:
            return None

    def line_at(self, path: str, offset: int) -> int | None:
        """The 0-based line of an offset in a note's file, from the file; None when it cannot be read."""
        text = self.text_of(path)
        if text is None:
            return None
        before = text[:offset]
        return before.count("\n") + before.count("\r") - before.count("\r\n")

    def status(self) -> Status:
        """Counts and troubles, as far as this reader has followed."""
        return read_status(self._catalog, self.folder, self.model, self.encoder, len(self.matrix or ()))


def open_vault(root: Path, options: Options) -> Vault:
    """A reader of the folder's index, whether there is one yet or not."""
    return Vault(root, options)


def _stamp(path: Path) -> tuple[int, int]:
    """What tells a file from the one that was there before (an inode alone may be given again)."""
    status = path.stat()
    return status.st_ino, status.st_ctime_ns


def _data_version(connection: sqlite3.Connection | None) -> int:
    """Changes whenever another process has committed (SQLite's PRAGMA data_version)."""
    return -1 if connection is None else int(connection.execute("PRAGMA data_version").fetchone()[0])
