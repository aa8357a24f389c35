"""A notes folder as it can be asked: a reader that follows what the keeper writes, in any process.

Used from one thread.  It never writes, never waits for the keeper, and answers with what there is: nothing
before the first commit, words before the first embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index.assurance import Assured
from recall_lsp.index.feedback import Feedback
from recall_lsp.index.follow import Follower
from recall_lsp.index.int8_rows import to_int8, to_unit
from recall_lsp.index.language import note_language
from recall_lsp.index.namings import Namings
from recall_lsp.index.patterns import hidden_from
from recall_lsp.index.phrases import Phrases
from recall_lsp.index.preview import Preview, make_preview
from recall_lsp.index.rows import Entry, NoteRow, PassageRow, bytes_hash, embedded_text, text_hash
from recall_lsp.index.status import Status, read_status
from recall_lsp.index.suggest import Suggestion
from recall_lsp.index.tally import file_day
from recall_lsp.index.vectors import get_embeddings
from recall_lsp.notes.link_format import LinkStyle
from recall_lsp.notes.model import Link, Note, Passage, Span
from recall_lsp.notes.read import decode
from recall_lsp.notes.resolve import link_keys


class Vault(Follower):
    """See the module."""

    def __init__(self, root: Path, options: Options) -> None:
        super().__init__(root, options)
        self.feedback = Feedback(root)
        self.assured = Assured(root)
        self._phrases = Phrases(self.folder / "phrases")
        self._encoded = lru_cache(maxsize=512)(self._encode_one)
        self._sketched = lru_cache(maxsize=512)(self._sketch_some)

    def _forget_model(self, model: str) -> None:
        super()._forget_model(model)
        self._encoded.cache_clear()
        self._sketched.cache_clear()

    def close(self) -> None:
        self.assured.keep()
        super().close()

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

    def cited_by(self, passages: Sequence[int], notes: Sequence[int]) -> list[frozenset[int]]:
        """What each of the passages [n] links to, of the notes [n] that they stand in."""
        known = [note in self.entries for note in notes]
        if self._catalog is None or not all(known):
            return [frozenset()] * len(passages)
        return self._cited.by(self._catalog, self.graph, passages, notes)

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
        """Unit vectors [n, dims] of those of a buffer's passages that are embedded already, and rough ones of the rest
        as long as the vault has any."""
        if self._embeddings is None or self.encoder is None:
            return np.zeros((0, 0), np.float32)
        texts = {text_hash(text): text for text in map(embedded_text, passages) if text}
        known = get_embeddings(self._embeddings, texts)
        packed = b"".join(known[key] for key in sorted(known))
        vectors = to_unit(np.frombuffer(packed, np.int8).reshape(len(known), self.encoder.dims))
        if self._rough is None or self.matrix is None or not self.matrix.rough:
            return vectors
        return np.vstack([vectors, self._rough.vectors([texts[key] for key in sorted(texts.keys() - known.keys())])])

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
        return read_status(self._catalog, self.folder, self.model, self.encoder, self.matrix)


def open_vault(root: Path, options: Options) -> Vault:
    """A reader of the folder's index, whether there is one yet or not."""
    return Vault(root, options)
