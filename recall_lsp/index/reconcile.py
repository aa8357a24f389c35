"""Folder to catalog: what changed on disk is read and committed, newest first, in batches a reader can follow."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index.language import note_language
from recall_lsp.index.rows import FileState, bytes_hash
from recall_lsp.index.scan import Rules, printable, scan, state_in
from recall_lsp.notes.model import Note, Skipped
from recall_lsp.notes.read import read_bytes

READER_VERSION = 5
"""Raised when the readers find something else in the same bytes: every note is then read again, none embedded."""

_CONFLICT = re.compile(r"\([^()/]*conflicted copy[^()/]*\)[^/]*$|\.sync-conflict-\d{8}-\d{6}[^/]*$", re.IGNORECASE)
"""As Dropbox, Nextcloud and Obsidian Sync name them, and Syncthing."""
_FIRST_BATCH = 100
_BATCH = 400

PURGE = "purge"
"""Set in `meta` by the commit in which a note left that is still there as a file: see purge.py."""

Changes = dict[str, FileState | None]
"""Relative path to its state on disk; None for a file that is gone."""


class UnmountedError(Exception):
    """The notes folder is missing or empty while the catalog has notes: nothing is removed until it is back."""


def find_changes(root: Path, catalog: sqlite3.Connection, rules: Rules, options: Options) -> Changes:
    """What differs between the whole folder and the catalog.  Raises UnmountedError."""
    known = cat.file_states(catalog)
    try:
        found = dict(scan(root, rules))
    except OSError as error:
        message = f"{root} cannot be listed ({error.strerror}); its index is kept until it is back"
        raise UnmountedError(message) from error
    if known and not found and not any(root.iterdir()):
        raise UnmountedError(f"{root} is empty; its index is kept until the notes are back")
    if cat.get_meta(catalog, "reader") != _reader(options):
        known_now: dict[str, FileState] = {}
    else:
        known_now = known
    changes: Changes = {path: state for path, state in found.items() if known_now.get(path) != state}
    unlisted = tuple(path for path in found if path.endswith("/"))
    changes |= {path: None for path in known if path not in found and not path.startswith(unlisted)}
    return changes


def check_paths(root: Path, catalog: sqlite3.Connection, rules: Rules, paths: Collection[str]) -> Changes:
    """What differs for these relative paths only (from watcher events, which are hints).  Raises UnmountedError."""
    if not root.is_dir():
        raise UnmountedError(f"{root} is not there; its index is kept until it is back")
    known = cat.file_states(catalog) if len(paths) > 50 else cat.states_of(catalog, map(printable, paths))
    changes: Changes = {}
    for path in paths:
        state, name = state_in(root, rules, path), printable(path)
        if state != known.get(name):
            changes[name] = state
    return changes


def apply_changes(
    root: Path,
    catalog: sqlite3.Connection,
    options: Options,
    changes: Changes,
    progress: Callable[[int, int], None],
    leaving: Callable[[str], None] = lambda path: None,
) -> Iterator[None]:
    """Read and commit the changes, newest files first; yields after each commit, so that views can follow.

    What is there and is no note any more leaves with the first commit, what has gone with the last; `leaving` is told
    the path of each of these before, when what is new is known already.
    """
    present = sorted(
        ((path, state) for path, state in changes.items() if state is not None), key=lambda pair: -pair[1].mtime_ns
    )
    gone = [path for path, state in changes.items() if state is None]
    excluded = [path for path in gone if os.path.lexists(root / path)]
    at = 0
    while at < len(present) or gone:
        batch = present[at : at + (_BATCH if at else _FIRST_BATCH)]
        at += len(batch)
        with cat.transaction(catalog) as seq:
            for path in excluded:
                if cat.remove_note(catalog, seq, path):
                    cat.set_meta(catalog, PURGE, 1)
            excluded = []
            for path, state in batch:
                _take(root, catalog, options, seq, path, state)
            cat.set_meta(catalog, cat.READING, f"{at} of {len(present)}" if at < len(present) else "")
            if at >= len(present):
                for path in gone:
                    leaving(path)
                    cat.remove_note(catalog, seq, path)
                    cat.remove_skipped(catalog, path)
                gone = []
                cat.set_meta(catalog, "reader", _reader(options))
        progress(at, len(present))
        yield


def _take(root: Path, catalog: sqlite3.Connection, options: Options, seq: int, path: str, state: FileState) -> None:
    def skip(reason: str, failed: bool = False) -> None:
        if cat.put_skipped(catalog, seq, path, state, reason, failed) and not failed:
            cat.set_meta(catalog, PURGE, 1)

    if state.problem:
        return skip(state.problem, failed=True)
    if _CONFLICT.search(path):
        return skip("is a sync tool's conflict copy: merge it into its note, or delete it")
    if state.size > options.max_bytes:
        size, most = state.size / 1e6, options.max_bytes / 1e6
        return skip(f"{size:.1f} MB is over the limit of {most:.1f} MB (max_bytes)")
    try:
        data = (root / path).read_bytes()
    except FileNotFoundError:
        return None  # it left between the look and the read; an event will tell
    except OSError as error:
        return skip(f"cannot be read: {error.strerror}", failed=True)
    digest = bytes_hash(data)
    if cat.file_hash(catalog, path) == digest and cat.get_meta(catalog, "reader") == _reader(options):
        return cat.touch_note(catalog, path, state)
    note = read_bytes(path, data, options.max_bytes)
    if isinstance(note, Skipped):
        return skip(note.reason)
    if why := why_private(note, options.private_tags):
        return skip(why)
    return cat.put_note(catalog, seq, note, note_language(note), state, digest)


def why_private(note: Note, private_tags: Collection[str]) -> str:
    """Why a note is not to be indexed, "" when it is: it says so itself, or a tag does."""
    if note.private:
        return "private: its property `recall` is false"
    wanted = {tag.removeprefix("#").casefold() for tag in private_tags}
    for tag in note.tags:
        parts = tag.casefold().split("/")
        if any("/".join(parts[:depth]) in wanted for depth in range(1, len(parts) + 1)):
            return f"private: tagged #{tag} (private_tags)"
    return ""


def _reader(options: Options) -> str:
    return json.dumps([READER_VERSION, options.max_bytes, sorted(options.private_tags)])
