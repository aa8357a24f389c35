"""The full-text view (Tantivy): one index of whole notes, one of passages, both with BM25.

Text is cut into terms by `terms.py` before it gets here, so Tantivy only parts it at spaces.  The view
remembers in a file beside it the last sequence number that it holds; lost or damaged, it is made anew from
the catalog.
"""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time_ns

import tantivy
from tantivy import Document, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from recall_lsp.index.catalog import LAST_ID, current_seq, main_language, notes_since, passages_of, removed_since
from recall_lsp.index.rows import NoteRow, PassageRow
from recall_lsp.index.segments import make_read_only, remove_leftovers, scattered, verify
from recall_lsp.index.terms import terms

FIELD_BOOSTS = {"title": 0.5, "aliases": 0.5, "headings": 0.3, "tags": 0.3, "body": 1.0}
"""Low: in fields as short as titles any common word is rare, and BM25 takes it for telling."""
_FORMAT = 4
_WRITER_BYTES = 30_000_000
_MOST_SCATTERED = 0.1
_TOKENIZER = "terms"
_INDEXES = ("notes", "passages")


@dataclass(frozen=True, slots=True)
class Scored:
    """Keys (note or passage ids), best first, with their BM25 scores and the notes they belong to."""

    keys: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewState:
    """When the view was begun (ns; 0 for none), which tells it from one made anew, and the last `seq` it holds."""

    born: int = 0
    seq: int = 0


def inverse_frequency(frequency: int, size: int) -> float:
    """BM25's idf of a term that stands in `frequency` of `size` notes; its limit for one that stands in none."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


class InverseFrequency(dict[str, float]):
    """BM25's idf of terms over the notes, counted when first asked; 0 for a term that stands nowhere."""

    def __init__(self, searcher: tantivy.Searcher | None = None) -> None:
        super().__init__()
        self._searcher = searcher

    def __missing__(self, term: str) -> float:
        if self._searcher is None:
            return 0.0
        size, frequency = int(self._searcher.num_docs), int(self._searcher.doc_freq("body", term))
        if not frequency:  # a note's name need not stand in any text
            frequency = max(int(self._searcher.doc_freq(field, term)) for field in FIELD_BOOSTS)
        value = inverse_frequency(frequency, size) if frequency else 0.0
        self[term] = value
        return value


class Lexical:
    """An open pair of Tantivy indexes.  `reload` shows what another process committed."""

    def __init__(self, folder: Path) -> None:
        """Raises ValueError or OSError when the folder holds no whole view of this version."""
        self._folder = folder
        if not view_state(folder).born:
            raise FileNotFoundError(folder)
        verify_view(folder, contents=True)
        self._notes = _open(folder / "notes", _note_schema())
        self._passages = _open(folder / "passages", _passage_schema())
        self.reload()

    def reload(self) -> None:
        """Raises ValueError or OSError when what is there now is not whole."""
        verify_view(self._folder, contents=False)
        self._notes.reload()
        self._passages.reload()
        self._note_searcher, self._passage_searcher = self._notes.searcher(), self._passages.searcher()
        self.idf = InverseFrequency(self._note_searcher)

    def held_notes(self) -> list[int]:
        """The id of each note held, in no order; for one that is held twice, twice."""
        return [note for note, _ in _held(self._note_searcher, "note")]

    def held_passages(self) -> list[tuple[int, int]]:
        """(passage id, note id) of each passage held."""
        return _held(self._passage_searcher, "passage")

    @property
    def size(self) -> int:
        """How many notes are held."""
        return int(self._note_searcher.num_docs)

    def search_notes(self, query: Mapping[str, float], top: int, fields: Mapping[str, float] = FIELD_BOOSTS) -> Scored:
        """Notes by BM25 over `fields`, for weighted terms."""
        return _search(self._notes, self._note_searcher, "note", query, fields, top)

    def search_passages(self, query: Mapping[str, float], top: int) -> Scored:
        """Passages by BM25, for weighted terms."""
        return _search(self._passages, self._passage_searcher, "passage", query, {"body": 1.0}, top)


class LexicalWriter:
    """The keeper's hold on the view; one process at a time (Tantivy's own lock)."""

    def __init__(self, folder: Path) -> None:
        """Opens the view, or starts it from nothing when it is missing, damaged or of another version."""
        self._folder = folder
        self._beside()
        try:
            if not view_state(folder).born:
                raise FileNotFoundError(folder)
            verify_view(folder, contents=True)
            for name in _INDEXES:
                remove_leftovers(folder / name)
            self._open()
        except (ValueError, OSError):
            self._restart()

    def _beside(self) -> tuple[Path, Path]:
        """Where a view is made anew, and where the old one goes then; what a killed process left there is removed."""
        fresh, worn = (self._folder.with_name(f"{self._folder.name}.{name}") for name in ("new", "old"))
        for folder in (fresh, worn):
            shutil.rmtree(folder, ignore_errors=True)
        return fresh, worn

    def is_whole(self) -> bool:
        """Whether the files of the view are all there in their full length, as far as can be told in a millisecond."""
        try:
            verify_view(self._folder, contents=False)
        except (ValueError, OSError):
            return False
        self._protect()
        return True

    def update(self, catalog: sqlite3.Connection, batch: int = 1000) -> None:
        """Bring the view up to the catalog, and commit.  Raises OSError when it cannot be written.

        A view that is damaged is made anew.
        """
        try:
            self._update(catalog, batch)
        except ValueError as error:  # Tantivy has no other
            if "os error" in str(error):
                raise OSError(str(error)) from error
            self._restart()
            self._update(catalog, batch)

    def _update(self, catalog: sqlite3.Connection, batch: int) -> None:
        applied, target = view_state(self._folder).seq, current_seq(catalog)
        if applied > target:  # the catalog was lost and made anew
            self._restart()
            applied = 0
        if applied == target:
            return
        for gone in removed_since(catalog, applied):
            self._delete(gone)
        language = main_language(catalog)
        after = applied, LAST_ID
        while rows := notes_since(catalog, after, batch):
            self._put(catalog, [row for _, row in rows], language)
            after = rows[-1][0], rows[-1][1].id
        for writer in self._writers:
            writer.commit()
        self._protect()
        _write_state(self._folder, ViewState(view_state(self._folder).born, target))

    def rebuild(self, catalog: sqlite3.Connection) -> None:
        """Make the whole view anew from the catalog."""
        self._restart()
        self.update(catalog)

    def is_scattered(self) -> bool:
        """Whether more than a tenth of the view lies in small segments or is of notes that have gone.

        Each segment has words of its own: searching takes half as long again in six as in one, and a fifth more bytes.
        """
        return any(scattered(self._folder / name) > _MOST_SCATTERED for name in _INDEXES)

    def compact(self, catalog: sqlite3.Connection) -> None:
        """Make the view anew beside this one, in one commit, and put it in its place.  Raises OSError, ValueError.

        The terms are made again: some 0.2 ms a note.
        """
        fresh, worn = self._beside()
        fresh.mkdir()
        writer = LexicalWriter(fresh)
        writer.update(catalog)
        writer.close()
        self.close()
        try:
            self._folder.rename(worn)
            try:
                fresh.rename(self._folder)
            except OSError:
                worn.rename(self._folder)
                raise
        finally:
            self._open()
        shutil.rmtree(worn, ignore_errors=True)

    def _put(self, catalog: sqlite3.Connection, rows: Sequence[NoteRow], main: str) -> None:
        passages: dict[int, list[PassageRow]] = {row.id: [] for row in rows}
        for passage in passages_of(catalog, passages):
            passages[passage.note].append(passage)
        for row in rows:
            self._delete(row.id)
            _add(*self._writers, row, passages[row.id], row.language or main)

    def _delete(self, note: int) -> None:
        for writer in self._writers:
            writer.delete_documents_by_term("note", note)

    def _protect(self) -> None:
        for name in _INDEXES:
            make_read_only(self._folder / name)

    def _open(self) -> None:
        indexes = (_open(self._folder / "notes", _note_schema()), _open(self._folder / "passages", _passage_schema()))
        notes, passages = (index.writer(_WRITER_BYTES, 1) for index in indexes)
        self._writers = (notes, passages)

    def close(self) -> None:
        """Let go of Tantivy's lock, after what it still merges."""
        writers = self._writers
        self._writers = ()  # type: ignore[assignment]  # until it is opened again
        for writer in writers:
            writer.wait_merging_threads()

    def _restart(self) -> None:
        self._writers = ()  # type: ignore[assignment]  # let go of Tantivy's lock before the folder goes
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)  # not its parents: an index that was removed does not come back
        for name in _INDEXES:
            (self._folder / name).mkdir(exist_ok=True)
        self._open()
        _write_state(self._folder, ViewState(time_ns(), 0))


def verify_view(folder: Path, *, contents: bool) -> None:
    """Raises ValueError or OSError when a file of either index is missing, cut short or (`contents`) altered."""
    for name in _INDEXES:
        verify(folder / name, contents=contents)


def _add(
    notes: tantivy.IndexWriter, passages: tantivy.IndexWriter, row: NoteRow, parts: Sequence[PassageRow], language: str
) -> None:
    body: list[str] = []
    for part in parts:
        found = terms(part.passage.text, language) + terms(part.passage.extra, language)
        body += found
        under = terms(" ".join(part.passage.headings[-1:]), language)
        document = {"note": row.id, "passage": part.id, "body": " ".join(under + found)}
        passages.add_document(Document.from_dict(document, _passage_schema()))
    fields = {
        "title": terms(row.title, language),
        "aliases": terms(" ".join(row.aliases), language),
        "headings": terms(" ".join(heading.text for heading in row.headings), language),
        "tags": terms(" ".join(row.tags), language),
        "body": body,
    }
    document = {"note": row.id, **{name: " ".join(found) for name, found in fields.items() if found}}
    notes.add_document(Document.from_dict(document, _note_schema()))


def _search(
    index: tantivy.Index,
    searcher: tantivy.Searcher,
    key: str,
    query: Mapping[str, float],
    fields: Mapping[str, float],
    top: int,
) -> Scored:
    if not query or top <= 0:
        return Scored()
    clauses = [
        (Occur.Should, Query.boost_query(Query.term_query(index.schema, field, term, "freq"), boost * weight))
        for term, weight in query.items()
        for field, boost in fields.items()
    ]
    hits = searcher.search(Query.boolean_query(clauses), top, count=False).hits
    addresses = [address for _, address in hits]
    scores = (-float(score) for score, _ in hits)
    keys = searcher.fast_field_values(key, addresses)
    notes = keys if key == "note" else searcher.fast_field_values("note", addresses)
    # Ties break by key, so that the same index gives the same order.
    ranked = sorted(zip(scores, map(_whole, keys), map(_whole, notes), strict=True))
    return Scored(
        tuple(key for _, key, _ in ranked), tuple(-score for score, _, _ in ranked), tuple(note for *_, note in ranked)
    )


def _held(searcher: tantivy.Searcher, key: str) -> list[tuple[int, int]]:
    count = int(searcher.num_docs)
    if not count:
        return []
    addresses = [address for _, address in searcher.search(Query.all_query(), count, count=False).hits]
    keys, notes = (searcher.fast_field_values(name, addresses) for name in (key, "note"))
    return list(zip(map(_whole, keys), map(_whole, notes), strict=True))


def _whole(value: float | None) -> int:
    return int(value or 0)


def _note_schema() -> tantivy.Schema:
    return _schema("note", (), tuple(FIELD_BOOSTS))


def _passage_schema() -> tantivy.Schema:
    return _schema("note", ("passage",), ("body",))


def _schema(note: str, others: tuple[str, ...], texts: tuple[str, ...]) -> tantivy.Schema:
    key = (note, *others, *texts)
    if key not in _schemas:
        builder = SchemaBuilder()
        builder = builder.add_integer_field(note, indexed=True, fast=True)
        for name in others:
            builder = builder.add_integer_field(name, indexed=False, fast=True)
        for name in texts:
            builder = builder.add_text_field(name, stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
        _schemas[key] = builder.build()
    return _schemas[key]


_schemas: dict[tuple[str, ...], tantivy.Schema] = {}


def _open(folder: Path, schema: tantivy.Schema) -> tantivy.Index:
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer(_TOKENIZER, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    # Readers are told when to look (`reload`); Tantivy's own watching thread would wake for nothing.
    index.config_reader(reload_policy="Manual")
    return index


def view_state(folder: Path) -> ViewState:
    """What of the catalog the view holds."""
    try:
        form, born, seq = map(int, (folder / "seq").read_text().split())
        return ViewState(born, seq) if form == _FORMAT else ViewState()
    except (OSError, ValueError):
        return ViewState()


def _write_state(folder: Path, state: ViewState) -> None:
    temporary = folder / "seq.new"
    temporary.write_text(f"{_FORMAT} {state.born} {state.seq}")
    temporary.replace(folder / "seq")
