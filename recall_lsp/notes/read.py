"""The bytes of one file -> a Note.  Pure, and never raises: what is wrong with a file is told in the note."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from recall_lsp.notes import logseq, markdown, org, plain
from recall_lsp.notes.dates import written_in_name
from recall_lsp.notes.draft import Draft
from recall_lsp.notes.model import Dialect, Note, Skipped
from recall_lsp.notes.mojibake import repaired_text
from recall_lsp.notes.passages import passages

_PROPERTY = re.compile(r"\s*(?:- )?[\w-]+:: ")
_OUTLINE = re.compile(r"\s*- ")
_BLOCK_PROPERTY = re.compile(r"^(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)[\w-]+:: |\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)|#\[\[", re.M)
_ORG = re.compile(r"(?:[^\S\n]*+(?:#[^+\n]*+)?\n)*+(?:#\+\w+:|:PROPERTIES:|\*+ \S)", re.I)
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^```|\[\[[^\[\]\n]+\]\]|\]\([^()\s]+\)|^\|.*\|\s*$|^[^\S\n]*[-*] \[[ xX]\] |\*\*\S", re.M
)
_READERS: dict[Dialect, Callable[[str], Draft]] = {
    "markdown": markdown.read,
    "logseq": logseq.read,
    "org": org.read,
    "plain": plain.read,
}


def decode(data: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16 with a byte order mark, else Windows-1252 or Latin-1; None for binaries."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
        return None if "\0" in text else text
    if b"\0" in data:
        return None
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return _decode_single_byte(data)


def _decode_single_byte(data: bytes) -> str | None:
    controls = len(data) - len(data.translate(None, bytes([*range(9), *range(14, 27), *range(28, 32)])))
    if controls * 50 > len(data):
        return None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_bytes(path: str, data: bytes, max_bytes: int = 2_000_000) -> Note | Skipped:
    """The note in a file's bytes; `path` is relative to the vault, with `/`."""
    if len(data) > max_bytes:
        return Skipped(path, f"larger than {max_bytes:,} bytes")
    text = decode(data)
    if text is None:
        return Skipped(path, "not a text file")
    return read_text(path, text)


def read_text(path: str, text: str) -> Note:
    """The note in a file's or an unsaved buffer's text."""
    try:
        draft = _READERS[dialect_of(path, text)](text)
    except BaseException as error:  # pyromark's panics are not Exceptions
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
            raise
        draft = plain.read(text)
        draft.problems.append(f"read as plain text: its markup could not be read ({type(error).__name__})")
    return _note(path, text, draft)


def dialect_of(path: str, text: str) -> Dialect:
    """The dialect by what the text holds, then by its file's extension."""
    folder, _, name = path.rpartition("/")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension == "org":
        return "org"
    if text.startswith("---"):
        return "markdown"
    if _PROPERTY.match(text):
        return "logseq"
    if _OUTLINE.match(text) and (folder.endswith(("pages", "journals")) or _BLOCK_PROPERTY.search(text)):
        return "logseq"
    if extension in ("md", "markdown", "mdx"):
        return "markdown"
    if _ORG.match(text):
        return "org"
    return "markdown" if _MARKDOWN.search(text) else "plain"


def _note(path: str, text: str, draft: Draft) -> Note:
    stem = stem_of(path)
    title = draft.title or _first_heading(draft) or _name_of(stem, draft.dialect)
    return Note(
        path=path,
        title=repaired_text(title),
        dialect=draft.dialect,
        written=draft.written or written_in_name(path),
        aliases=_unique(draft.aliases),
        tags=_unique([tag.removeprefix("#") for tag in draft.tags]),
        headings=tuple(draft.headings),
        blocks=tuple(draft.blocks),
        links=tuple(draft.links),
        passages=passages(draft.sections, draft.starts, " ".join(draft.extra), len(text)),
        problems=tuple(draft.problems),
        private=draft.private,
    )


def _first_heading(draft: Draft) -> str:
    """The heading of level 1 that the note opens with.  Logseq's pages are known by their file names instead."""
    opens = draft.headings and draft.headings[0].level == 1 and not draft.sections[0].fragments
    return draft.headings[0].text if opens and draft.dialect != "logseq" else ""


def _name_of(stem: str, dialect: Dialect) -> str:
    return unquote(stem.replace("___", "/")) if dialect == "logseq" else stem


def stem_of(path: str) -> str:
    """A path's last part without its extension."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([repaired_text(name) for name in names if name])) if names else ()
