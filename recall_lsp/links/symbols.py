"""Notes, headings and tags of a vault by a few letters of their names, or by the words of the notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from recall_lsp.index.rows import NoteRow
from recall_lsp.index.terms import terms
from recall_lsp.links.notebook import Notebook, read
from recall_lsp.notes.model import Note

MOST = 100
_BY_WORDS = 20
_TAGS = 20


@dataclass(frozen=True, slots=True)
class Symbol:
    """`line` is 0-based; a tag stands for the first note that has it."""

    name: str
    kind: Literal["note", "heading", "tag"]
    path: str
    line: int
    container: str


def find_symbols(notebook: Notebook, query: str) -> list[Symbol]:
    """Names like the query first, in the order of likeness, then the notes that hold its words."""
    if query.startswith("#"):
        return list(_tags(notebook, query[1:]))
    found = [*_buffers(notebook, query), *_named(notebook, query), *_tags(notebook, query), *_worded(notebook, query)]
    once: dict[tuple[str, str, int], Symbol] = {}
    for symbol in found:
        once.setdefault((symbol.name if symbol.kind == "tag" else symbol.kind, symbol.path, symbol.line), symbol)
    return list(once.values())[:MOST]


def _named(notebook: Notebook, query: str) -> Iterator[Symbol]:
    rows: dict[str, NoteRow | Note | None] = {}
    for one in notebook.vault.suggest(query, MOST):
        if one.heading is None:
            yield Symbol(one.title, "note", one.path, 0, one.path)
            continue
        if one.path not in rows:
            rows[one.path] = notebook.vault.row(notebook.vault.ids[one.path])
        row = rows[one.path]
        line = next((heading.line for heading in row.headings if heading.text == one.heading), 0) if row else 0
        yield Symbol(one.heading, "heading", one.path, line, one.title)


def _buffers(notebook: Notebook, query: str) -> Iterator[Symbol]:
    """What is in open notes and not yet in the index, by plain containment."""
    wanted = query.casefold()
    for path, text in notebook.buffers.items():
        entry = notebook.vault.entry(path)
        note = read(path, text)
        if wanted and wanted in note.title.casefold() and (entry is None or entry.title != note.title):
            yield Symbol(note.title, "note", path, 0, path)
        known = entry.headings if entry else ()
        for heading in note.headings:
            if wanted and wanted in heading.text.casefold() and heading.text not in known:
                yield Symbol(heading.text, "heading", path, heading.line, note.title)


def _tags(notebook: Notebook, query: str) -> Iterator[Symbol]:
    wanted = query.casefold()
    if not wanted:
        return
    tagged = notebook.vault.tally.tagged
    names = [tag for tag in tagged if wanted in tag.casefold()]
    for name in sorted(names, key=lambda tag: (not tag.casefold().startswith(wanted), -len(tagged[tag]), tag))[:_TAGS]:
        yield Symbol(f"#{name}", "tag", next(iter(tagged[name])), 0, f"{len(tagged[name])} notes")


def _worded(notebook: Notebook, query: str) -> Iterator[Symbol]:
    """The notes that BM25 finds for the query's words."""
    vault = notebook.vault
    if vault.lexical is None or len(query) < 3:
        return
    weights = {term: vault.idf[term] for term in terms(query, vault.main_language)}
    held = {term: weight for term, weight in weights.items() if weight}
    for note in vault.lexical.search_notes(held, _BY_WORDS).keys:
        if note in vault.entries:
            entry = vault.entries[note]
            yield Symbol(entry.title, "note", entry.path, 0, entry.path)
