"""A vault with the editor's open buffers laid over it: what is unsaved counts, not what is on disk.

Made anew for each question; what is costly, reading a text, is remembered by the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from recall_lsp.index.rows import NoteRow
from recall_lsp.index.vault import Vault
from recall_lsp.links.overlay import Named, Overlay
from recall_lsp.notes.anchor import find_block, find_heading
from recall_lsp.notes.model import Block, Heading, Link, Note, Span
from recall_lsp.notes.read import decode, read_text
from recall_lsp.notes.resolve import link_keys, note_keys


@dataclass(frozen=True, slots=True)
class Page:
    """A note with its text, both of the same moment."""

    path: str
    text: str
    note: Note | NoteRow


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a note: a heading or block of it, or the note itself."""

    path: str
    span: Span
    heading: Heading | None = None
    block: Block | None = None


class Notebook:
    """`buffers` maps paths of open notes to their texts."""

    def __init__(self, vault: Vault, buffers: Mapping[str, str]) -> None:
        self.vault = vault
        self.buffers = buffers
        hidden = [vault.ids[path] for path in buffers if path in vault.ids]
        self.overlay = Overlay(vault.graph, hidden, [named(path, text) for path, text in buffers.items()])

    def page(self, path: str) -> Page | None:
        """A note as the editor holds it, else as it stands on disk; None where there is none."""
        text = self.buffers.get(path)
        if text is not None:
            return Page(path, text, read(path, text))
        try:
            data = (self.vault.root / path).read_bytes()
        except OSError:
            return None
        text = decode(data)
        if text is None:
            return None
        # What was indexed is trusted for these very bytes only: an edit made by its spans would else spoil the file.
        return Page(path, text, self.vault.row_as_read(path, data) or read_text(path, text))

    def note(self, path: str) -> Note | NoteRow | None:
        """A note without its text: as the editor holds it, else as it was indexed."""
        if path in self.buffers:
            return read(path, self.buffers[path])
        note = self.vault.ids.get(path)
        return None if note is None else self.vault.row(note)

    @property
    def logseq(self) -> bool:
        """Whether the vault is a Logseq graph."""
        return _is_graph(self.vault.root)

    def exists(self, path: str) -> bool:
        return path in self.buffers or path in self.vault.ids

    def names(self, path: str) -> tuple[str, ...]:
        """The names that a note answers to."""
        if path in self.buffers:
            return named(path, self.buffers[path]).names
        note = self.vault.ids.get(path)
        return () if note is None else self.vault.graph.names(note)

    def title(self, path: str) -> str:
        if path in self.buffers:
            return read(path, self.buffers[path]).title
        entry = self.vault.entry(path)
        return entry.title if entry else path

    def resolve(self, link: Link, source: str) -> str | None:
        return self.overlay.resolve(link, source)

    def follow(self, link: Link, source: str) -> Place | None:
        """Where a link in the note at `source` leads; to the note's beginning where its fragment is unknown."""
        path = self.resolve(link, source)
        page = None if path is None else self.page(path)
        return None if page is None else place_of(page, link)

    def backlinks(self, path: str) -> list[str]:
        """The notes that may link to `path`, itself among them: each has a link that tries one of its names."""
        return sorted(self.overlay.mentioning(self.names(path)) | {path})


def place_of(page: Page, link: Link) -> Place:
    """What of the note a link to it means."""
    name = link.target if link.kind == "block" else link.target.removeprefix("id:") if _is_id(link) else ""
    if name:
        at = find_block(page.note.blocks, name)
        if at is not None:
            return _at_block(page, at)
    if link.fragment.startswith("^"):
        at = find_block(page.note.blocks, link.fragment[1:])
        return Place(page.path, Span(0, 0)) if at is None else _at_block(page, at)
    if link.fragment:
        at = find_heading(page.note.headings, link.fragment)
        if at is not None:
            heading = page.note.headings[at]
            return Place(page.path, heading.span, heading=heading)
        if page.note.dialect == "org" and (at := find_block(page.note.blocks, link.fragment)) is not None:
            return _at_block(page, at)
    return Place(page.path, Span(0, 0))


def known_fragment(page: Page, link: Link) -> bool:
    """Whether the heading or block that a link names is there."""
    place = place_of(page, link)
    return not link.fragment or place.heading is not None or place.block is not None


def _is_id(link: Link) -> bool:
    return link.target.startswith("id:")


def _at_block(page: Page, at: int) -> Place:
    """An org id stands in a drawer below the heading it names; above all headings it names the file."""
    block = page.note.blocks[at]
    if page.note.dialect == "org":
        above = [heading for heading in page.note.headings if heading.line < block.line]
        return Place(page.path, above[-1].span if above else Span(0, 0), above[-1] if above else None, block)
    return Place(page.path, block.span, block=block)


def full_note(page: Page) -> Note:
    """A page's note as read from its text; what the catalog keeps has no passages."""
    return page.note if isinstance(page.note, Note) else read(page.path, page.text)


@lru_cache(maxsize=16)
def _is_graph(root: Path) -> bool:
    return (root / "logseq" / "config.edn").is_file()


@lru_cache(maxsize=64)
def read(path: str, text: str) -> Note:
    """A buffer as a note; read once a version."""
    return read_text(path, text)


_NAMED: dict[str, tuple[str, Named]] = {}
_MOST_NAMED = 1024
_naming = Lock()


def named(path: str, text: str) -> Named:
    """What a buffer is called and mentions, remembered for its last version alone: each question asks for all of the
    open notes, however many they are, and the texts of before would only fill memory."""
    with _naming:
        last = _NAMED.get(path)
    if last is not None and last[0] == text:
        return last[1]
    note = read(path, text)
    names = note_keys(path, note.title, note.aliases, (block.id for block in note.blocks))
    found = Named(path, names, frozenset(key for link in note.links for key in link_keys(link, path)))
    with _naming:
        _NAMED[path] = text, found
        while len(_NAMED) > _MOST_NAMED:
            del _NAMED[next(iter(_NAMED))]
    return found
