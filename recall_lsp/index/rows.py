"""Notes and passages as rows of the catalog, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from recall_lsp.index.packing import parse, to_lines
from recall_lsp.notes.model import Block, Dialect, Heading, Link, Note, Passage, Span
from recall_lsp.notes.resolve import link_keys, name_keys, note_keys

NOTE_COLUMNS = "id, path, dialect, language, written, mtime_ns, letters, problems, unpacked(facts)"
ENTRY_COLUMNS = "id, path, language, written, mtime_ns, letters, wiki, markdown, unpacked(facts)"
_DIALECTS: tuple[Dialect, ...] = ("markdown", "logseq", "org", "plain")
_NAMES_KEPT = 50_000
_CHUNK = 16_000
"""Letters of the passages that are packed together: one of them is unpacked with its neighbours, in some 0.1 ms."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What decides whether a file must be read again.  `problem`: why it cannot even be looked at (size -1)."""

    size: int
    mtime_ns: int
    inode: int = 0
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
    return bytes_hash(text.encode("utf-8", "surrogatepass"))


def bytes_hash(data: bytes) -> int:
    """What tells whether a file is as it was read: a signed 64-bit key, blake2b."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def note_columns(note: Note) -> dict[str, str | int | bytes | None]:
    """What the catalog holds of a note beside its passages.

    `facts` are a line of what the readers keep in memory, then a line of what they look up.
    """
    mentions = dict.fromkeys(link_keys(link, note.path) for link in note.links)
    headings = [heading.text for heading in note.headings]
    kept = (
        _clean(note.title),
        note.aliases,
        note.tags,
        headings,
        [block.id for block in note.blocks],
        [*map(_short, mentions)],
    )
    looked_up = (
        [(h.level, h.span.start, h.span.end, h.line) for h in note.headings],
        [(b.span.start, b.span.end, b.line) for b in note.blocks],
        [(k.target, k.fragment, k.text, k.kind, k.span.start, k.span.end, k.line) for k in note.links],
    )
    kinds = [link.kind for link in note.links]
    return {
        "dialect": _DIALECTS.index(note.dialect),
        "written": note.written.toordinal() if note.written else None,
        "letters": sum(len(passage.text) for passage in note.passages),
        "wiki": kinds.count("wiki") + kinds.count("embed"),
        "markdown": kinds.count("markdown"),
        "problems": _clean("\n".join(note.problems)),
        "facts": to_lines(kept, looked_up),
    }


def _short(keys: Sequence[str]) -> str | Sequence[str]:
    """A name alone where the names to try follow from it, as they do for most wiki links."""
    return keys[0] if keys and tuple(name_keys(keys[0])) == tuple(keys) else keys


def _long(mention: str | Sequence[str]) -> tuple[str, ...]:
    return _keys_of(mention) if isinstance(mention, str) else tuple(mention)


@lru_cache(_NAMES_KEPT)
def _keys_of(name: str) -> tuple[str, ...]:
    """The same ones for all who mention it: many notes name the same few."""
    return tuple(name_keys(name))


def unpack_entry(row: tuple[Any, ...]) -> EntryRow:
    seq, number, path, language, written, modified, letters, wiki, markdown, facts = row
    title, aliases, tags, headings, blocks, mentions = parse(facts, 0)
    day = date.fromordinal(written) if written else None
    parts = (tuple(aliases), tuple(tags), tuple(dict.fromkeys(headings)))
    entry = Entry(number, path, title, language, day, modified, letters, wiki, markdown, *parts)
    return EntryRow(seq, entry, note_keys(path, title, aliases, blocks), tuple(map(_long, mentions)))


def unpack_note(row: tuple[Any, ...]) -> NoteRow:
    number, path, dialect, language, written, modified, letters, problems, facts = row
    (title, aliases, tags, texts, names, _), (headings, blocks, links) = parse(facts)
    return NoteRow(
        id=number,
        path=path,
        title=title,
        dialect=_DIALECTS[dialect],
        language=language,
        written=date.fromordinal(written) if written else None,
        modified=modified,
        letters=letters,
        aliases=tuple(aliases),
        tags=tuple(tags),
        headings=tuple(Heading(t, lv, Span(a, b), ln) for t, (lv, a, b, ln) in zip(texts, headings, strict=True)),
        blocks=tuple(Block(i, Span(a, b), ln) for i, (a, b, ln) in zip(names, blocks, strict=True)),
        links=tuple(Link(t, f, x, k, Span(a, b), ln) for t, f, x, k, a, b, ln in links),
        problems=tuple(problems.splitlines()),
    )


def chunks_of(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    """The passages of a note as they are packed together."""
    chunk: list[Passage] = []
    letters = 0
    for passage in passages:
        if chunk and letters + len(passage.text) > _CHUNK:
            yield chunk
            chunk, letters = [], 0
        chunk.append(passage)
        letters += len(passage.text) + len(passage.extra)
    if chunk:
        yield chunk


def chunk_lines(passages: Sequence[Passage]) -> bytes:
    """A line for each passage."""
    return to_lines(*map(_passage_parts, passages))


def _passage_parts(passage: Passage) -> tuple[Any, ...]:
    """Each anchor as its distance from the one before, in the text and in the file beyond that: mostly small."""
    steps: list[int] = []
    in_text, in_file = 0, passage.span.start
    for text, file in passage.anchors:
        steps += [text - in_text, file - in_file - (text - in_text)]
        in_text, in_file = text, file
    length = passage.span.end - passage.span.start
    return (passage.text, passage.extra, passage.span.start, length, passage.line, passage.headings, steps)


def unpack_passage(chunk: bytes | None, at: int) -> Passage:
    """One of the lines of a chunk.  Raises sqlite3.DatabaseError for a damaged one."""
    text, extra, start, length, line, headings, steps = parse(chunk, at)
    anchors: list[tuple[int, int]] = []
    in_text, in_file = 0, start
    for step, more in zip(steps[::2], steps[1::2], strict=True):
        in_text, in_file = in_text + step, in_file + step + more
        anchors.append((in_text, in_file))
    return Passage(text, extra, Span(start, start + length), line, tuple(headings), tuple(anchors))


def _clean(text: str) -> str:
    """Lone surrogates, which SQLite cannot hold, become question marks; lengths stay."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
