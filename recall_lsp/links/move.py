"""Moves of files and folders: every link still leads where it led, in the moved notes and to them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, unquote

from recall_lsp.links.edits import Edit, Plan, gathered
from recall_lsp.links.notebook import Notebook, Page, read
from recall_lsp.links.overlay import Named
from recall_lsp.links.relink import Relinking, Renamed
from recall_lsp.notes.link_parse import is_web, markdown_place
from recall_lsp.notes.model import Note, Span
from recall_lsp.notes.resolve import NOTE_EXTENSIONS, note_keys, without_extension

_MEDIA = re.compile(
    r"\]\(\s*(<[^<>\n]*>|(?:\\.|\([^\s()]*\)|[^\s()])+)|<(?:img|video|audio|source)\s[^<>]*?src=[\"']([^\"'<>]+)"
    r"|\[\[file:([^\[\]\n]+?)(?:::[^\[\]\n]*)?\]",
    re.I,
)
_SAFE = "/.~_-!$'*+,;=@:"


def move(notebook: Notebook, moves: Iterable[tuple[str, str]]) -> Plan:
    """The plan for files and folders that go from one path to another (relative to the vault, no `/` at the end)."""
    pairs = tuple(moves)
    changed: dict[str, Renamed] = {}
    for path in {*notebook.vault.ids, *notebook.buffers}:
        new = moved_path(path, pairs)
        page = notebook.page(path) if new != path else None
        if page is not None:
            changed[path] = renamed(read(new, page.text), new)
    relinking = Relinking(notebook, changed)
    edits = gathered([*relinking.edits(), *_attachments(notebook, changed, pairs)])
    return Plan(edits, pairs, unwritable=tuple(dict.fromkeys(relinking.unwritable)))


def make_room(notebook: Notebook, paths: Iterable[str]) -> Plan:
    """The plan for new notes at these paths: a link that their names would draw away is written out."""
    notes = [path for path in paths if path.lower().endswith(NOTE_EXTENSIONS) and not notebook.exists(path)]
    added = [Named(path, note_keys(path, without_extension(path.rpartition("/")[2]), (), ())) for path in notes]
    relinking = Relinking(notebook, {}, added)
    return Plan(gathered(relinking.edits()), unwritable=tuple(dict.fromkeys(relinking.unwritable)))


def renamed(note: Note, path: str) -> Renamed:
    return Renamed(path, note.title, note.aliases, tuple(block.id for block in note.blocks))


def moved_path(path: str, moves: Iterable[tuple[str, str]]) -> str:
    """Where a file is after the moves."""
    for old, new in moves:
        if path == old or path.startswith(old + "/"):
            return new + path[len(old) :]
    return path


def _attachments(
    notebook: Notebook, changed: Mapping[str, Renamed], moves: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, Edit]]:
    """Pictures and other files that the moved notes name by a path from their own folder."""
    for path, new in changed.items():
        folder, new_folder = posixpath.dirname(path), posixpath.dirname(new.path)
        page = notebook.page(path)
        if page is not None and folder != new_folder:
            for span, target, encoded in _media(page):
                file = posixpath.normpath(posixpath.join(folder, target))
                if file.startswith("..") or not (notebook.vault.root / file).is_file():
                    continue
                relative = posixpath.relpath("/" + moved_path(file, moves), "/" + new_folder)
                if relative != posixpath.normpath(target):
                    yield path, Edit(span, quote(relative, safe=_SAFE) if encoded else relative)


def _media(page: Page) -> Iterator[tuple[Span, str, bool]]:
    """(span, path, whether it is percent-encoded) of each relative path to a file that is no note."""
    for match in _MEDIA.finditer(page.text):
        group = match.lastindex or 1
        start, end, found = match.start(group), match.end(group), match[group]
        if found.startswith("<"):
            start, end, found = start + 1, end - 1, found[1:-1]
        if is_web(found) or found.startswith(("/", "#", "((")) or markdown_place(found) is not None:
            continue
        encoded = group == 1 and not match[group].startswith("<")
        yield Span(start, end), unquote(found) if group < 3 else found, encoded
