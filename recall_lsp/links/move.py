"""Moves of files and folders: every link still leads where it led, in the moved notes, to them and to other files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from recall_lsp.links.attachments import file_edits, moved_files
from recall_lsp.links.edits import Plan, gathered
from recall_lsp.links.notebook import Notebook, read
from recall_lsp.links.overlay import Named
from recall_lsp.links.relink import Relinking, Renamed
from recall_lsp.notes.model import Note
from recall_lsp.notes.resolve import NOTE_EXTENSIONS, note_keys, without_extension

_AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


def move(notebook: Notebook, moves: Iterable[tuple[str, str]], texts: Mapping[str, str] = _AS_THEY_ARE) -> Plan:
    """The plan for files and folders that go from one path to another (relative to the vault, no `/` at the end).

    Of notes in `texts`, by their paths of before, that is the text that they will have beside the plan's own edits.
    """
    pairs = tuple(moves)
    changed: dict[str, Renamed] = {}
    for path in {*notebook.vault.ids, *notebook.buffers}:
        new = moved_path(path, pairs)
        page = notebook.page(path) if new != path else None
        if page is not None:
            changed[path] = renamed(read(new, texts.get(path, page.text)), new)
    relinking = Relinking(notebook, changed)
    files = file_edits(notebook, lambda path: moved_path(path, pairs), changed, moved_files(notebook, pairs))
    edits = gathered([*relinking.edits(), *files])
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
