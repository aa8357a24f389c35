"""Which files of a folder are notes, and what their state on disk is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from recall_lsp.config import Options
from recall_lsp.index.rows import FileState

IGNORE_FILE = ".recallignore"
# Never notes, whatever the settings: tools' own folders and their copies of notes.
_TOOL_FOLDERS = ("node_modules/", "logseq/bak/", "logseq/.recycle/", "__pycache__/")


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder is a note: gitignore patterns, all relative to the vault."""

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec

    def is_note(self, path: str) -> bool:
        """Whether a file of that relative path is to be read (it need not exist)."""
        if any(part.startswith(".") for part in path.split("/")):
            return False
        return self.include.match_file(path) and not self.exclude.match_file(path)

    def may_hold_notes(self, folder: str) -> bool:
        if folder.rpartition("/")[2].startswith("."):
            return False
        # A later `!pattern` may take a note back out of an excluded folder.
        takes_back = any(pattern.include is False for pattern in self.exclude.patterns)
        return takes_back or not self.exclude.match_file(folder + "/")


def read_rules(root: Path, options: Options) -> Rules:
    """The rules from the settings and the vault's `.recallignore`."""
    try:
        ignored = (root / IGNORE_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        ignored = []
    exclude = GitIgnoreSpec.from_lines([*_TOOL_FOLDERS, *options.exclude, *ignored])
    return Rules(GitIgnoreSpec.from_lines(options.include), exclude)


def refusal(root: Path) -> str | None:
    """Why a folder cannot be a vault, in words for the user; None when it can."""
    resolved = root.expanduser().resolve()
    if resolved == Path(resolved.anchor) or resolved == Path.home().resolve():
        return f"{root} is too wide to be a notes folder: name the folder that holds your notes."
    if not resolved.is_dir():
        return f"{root} is not a folder: name the folder that holds your notes."
    return None


def scan(root: Path, rules: Rules) -> Iterator[tuple[str, FileState]]:
    """(relative path, state) of every note file.  Raises OSError when the root itself cannot be listed.

    Folders behind symbolic links are not entered, so there are no loops; a linked file must lie in the vault.
    """
    inside = os.path.realpath(root) + os.sep
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:
            if not folder:
                raise
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if rules.may_hold_notes(path):
                    folders.append(path)
            elif rules.is_note(path) and _is_utf8(path):
                if entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
                    continue
                state = file_state(entry)
                if state is not None:
                    yield path, state


def state_in(root: Path, path: str) -> FileState | None:
    """The state of one file as `scan` would find it: None for what lies behind a link out of the vault."""
    real = root.resolve()
    file = real / path
    if file.parent.resolve() != file.parent or not file.resolve().is_relative_to(real):
        return None
    return file_state(root / path)


def file_state(file: os.DirEntry[str] | Path) -> FileState | None:
    """The state of a regular file; None when it is none or is gone."""
    try:
        if not file.is_file():
            return None
        status = file.stat()
    except OSError:
        return None
    return FileState(status.st_size, status.st_mtime_ns)


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
