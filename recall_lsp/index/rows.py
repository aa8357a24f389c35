"""Notes and passages as rows of the catalog, and back."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from recall_lsp.notes.model import Block, Dialect, Heading, Link, Note, Passage, Span
from recall_lsp.notes.resolve import link_keys, note_keys

NOTE_COLUMNS = "id, path, title, dialect, language, written, mtime_ns, letters, structure"
ENTRY_COLUMNS = (
    "id, path, title, language, written, mtime_ns, letters, wiki, markdown, aliases, tags, headings, names, mentions"
)
PASSAGE_COLUMNS = "id, note, text, extra, start, stop, line, headings, anchors"


@dataclass(frozen=True, slots=True)
class FileState:
    """What decides whether a file must be read again.  `problem`: why it cannot even be looked at (size -1)."""

    size: int
    mtime_ns: int
    problem: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A note as the readers keep it in memory.  `written` is the day that the note itself tells; `wiki` and `markdown`
    count its links of either kind."""

    id: int
    path: str
    title: str
    language: str
    written: date | None
    modified: int
    letters: int
    wiki: int
    markdown: int
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with the names it answers to and, for each different link in it, the names to try."""

    seq: int
    entry: Entry
    names: tuple[str, ...]
    mentions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note with all that its file tells beside its passages."""

    id: int
    path: str
    title: str
    dialect: Dialect
    language: str
    written: date | None
    modified: int
    letters: int
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageRow:
    id: int
    note: int
    passage: Passage


def embedded_text(passage: Passage) -> str:
    """What of a passage is embedded: its nearest heading and its prose.  It stays the same through a rename."""
    if not passage.text:
        return ""
    return f"{passage.headings[-1]}\n{passage.text}" if passage.headings else passage.text


def text_hash(text: str) -> int:
    """A signed 64-bit key of a text: blake2b, so that equal texts are embedded once."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def bytes_hash(data: bytes) -> bytes:
    """What tells whether a file is as it was read: blake2b, 16 bytes."""
    return blake2b(data, digest_size=16).digest()


_UNIT, _RECORD = "\x1f", "\x1e"


def note_columns(note: Note) -> dict[str, str | int | None]:
    names = note_keys(note.path, note.title, note.aliases, (block.id for block in note.blocks))
    mentions = dict.fromkeys(_UNIT.join(link_keys(link, note.path)) for link in note.links)
    kinds = [link.kind for link in note.links]
    return {
        "title": _clean(note.title),
        "dialect": note.dialect,
        "written": note.written.isoformat() if note.written else None,
        "letters": sum(len(passage.text) for passage in note.passages),
        "aliases": _clean(_UNIT.join(note.aliases)),
        "tags": _clean(_UNIT.join(note.tags)),
        "headings": _clean(_UNIT.join(dict.fromkeys(heading.text for heading in note.headings))),
        "names": _clean(_UNIT.join(names)),
        "mentions": _clean(_RECORD.join(mentions)),
        "wiki": kinds.count("wiki") + kinds.count("embed"),
        "markdown": kinds.count("markdown"),
        "structure": _pack_structure(note),
    }


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_UNIT)) if joined else ()


def unpack_entry(row: tuple[Any, ...]) -> EntryRow:
    seq, number, path, title, language, written, modified, *counts, aliases, tags, headings, names, mentions = row
    day = date.fromisoformat(written) if written else None
    letters, wiki, markdown = counts
    parts = (_split(aliases), _split(tags), _split(headings))
    entry = Entry(number, path, title, language, day, modified, letters, wiki, markdown, *parts)
    links = tuple(_split(keys) for keys in mentions.split(_RECORD)) if mentions else ()
    return EntryRow(seq, entry, _split(names), links)


def _pack_structure(note: Note) -> str:
    parts: dict[str, Any] = {
        "aliases": note.aliases,
        "tags": note.tags,
        "headings": [(h.text, h.level, h.span.start, h.span.end, h.line) for h in note.headings],
        "blocks": [(b.id, b.span.start, b.span.end, b.line) for b in note.blocks],
        "links": [(k.target, k.fragment, k.text, k.kind, k.span.start, k.span.end, k.line) for k in note.links],
        "problems": note.problems,
    }
    return _clean(json.dumps({name: part for name, part in parts.items() if part}, ensure_ascii=False))


def unpack_note(row: tuple[Any, ...]) -> NoteRow:
    number, path, title, dialect, language, written, modified, letters, structure = row
    parts = json.loads(structure)
    return NoteRow(
        id=number,
        path=path,
        title=title,
        dialect=dialect,
        language=language,
        written=date.fromisoformat(written) if written else None,
        modified=modified,
        letters=letters,
        aliases=tuple(parts.get("aliases", ())),
        tags=tuple(parts.get("tags", ())),
        headings=tuple(Heading(t, lv, Span(a, b), ln) for t, lv, a, b, ln in parts.get("headings", ())),
        blocks=tuple(Block(i, Span(a, b), ln) for i, a, b, ln in parts.get("blocks", ())),
        links=tuple(Link(t, f, x, k, Span(a, b), ln) for t, f, x, k, a, b, ln in parts.get("links", ())),
        problems=tuple(parts.get("problems", ())),
    )


def pack_passage(note: int, passage: Passage) -> tuple[Any, ...]:
    flat = [number for pair in passage.anchors for number in pair]
    return (
        note,
        text_hash(embedded_text(passage)),
        _clean(passage.text),
        _clean(passage.extra),
        passage.span.start,
        passage.span.end,
        passage.line,
        _clean(_UNIT.join(passage.headings)),
        struct.pack(f"<{len(flat)}I", *flat),
    )


def unpack_passage(row: tuple[Any, ...]) -> PassageRow:
    number, note, text, extra, start, stop, line, headings, packed = row
    flat = struct.unpack(f"<{len(packed) // 4}I", packed)
    anchors = tuple(zip(flat[::2], flat[1::2], strict=True))
    return PassageRow(number, note, Passage(text, extra, Span(start, stop), line, _split(headings), anchors))


def _clean(text: str) -> str:
    """Lone surrogates, which SQLite cannot hold, become question marks; lengths stay."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
