"""Which files of a folder are notes, and what their state on disk is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pathspec import GitIgnoreSpec

from recall_lsp.config import Options
from recall_lsp.index.patterns import read_patterns
from recall_lsp.index.places import cache_dir, data_dir
from recall_lsp.index.rows import FileState

IGNORE_FILE = ".recallignore"
# Never notes, whatever the settings: tools' own folders and their copies of notes.
_TOOL_FOLDERS = GitIgnoreSpec.from_lines(["node_modules/", "logseq/bak/", "logseq/.recycle/", "__pycache__/"])
_NOTHING = GitIgnoreSpec.from_lines(["*"])
_FOLDERS_KEPT = 100_000
_MOST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder is a note: gitignore patterns.

    `ignored_in` gives what the `.recallignore` of a folder holds, None without one; its patterns are relative to that
    folder, and the deepest that says something about a path counts, as in git.
    """

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec
    ours: tuple[str, ...]
    """Our own folders, where they lie in the vault."""
    ignored_in: Callable[[str], GitIgnoreSpec | None]
    wrong: tuple[str, ...] = ()
    """Patterns of the settings that are none."""

    def is_note(self, path: str) -> bool:
        """Whether a file of that relative path is to be read (it need not exist)."""
        return self.is_entered(path) and self.takes(path)

    def is_entered(self, path: str) -> bool:
        """Whether the folder that holds a path is looked into by its own name."""
        return all(map(self.may_hold_notes, _folders_above(path)[1:]))

    def takes(self, path: str) -> bool:
        """The same for a file in a folder that may hold notes."""
        hidden = path.rpartition("/")[2].startswith(".")
        return not hidden and self.include.match_file(path) and not self.is_excluded(path)

    def is_excluded(self, path: str) -> bool:
        """Whether the user's rules exclude a path; one that ends in `/` is a folder."""
        return self._verdict(path)[0]

    def may_hold_notes(self, folder: str) -> bool:
        if folder.rpartition("/")[2].startswith(".") or folder in self.ours or _TOOL_FOLDERS.match_file(folder + "/"):
            return False
        excluded, spec = self._verdict(folder + "/")
        # A later `!pattern` may take a note back out of an excluded folder.
        return not excluded or any(pattern.include is False for pattern in spec.patterns)

    def _verdict(self, path: str) -> tuple[bool, GitIgnoreSpec]:
        """Whether a path is excluded, and the patterns that say so last."""
        excluded, by = bool(self.exclude.check_file(path).include), self.exclude
        for folder in _folders_above(path):
            spec = self.ignored_in(folder)
            said = None if spec is None else spec.check_file(path[len(folder) + 1 :] if folder else path).include
            if spec is not None and said is not None:
                excluded, by = said, spec
        return excluded, by


def read_rules(root: Path, options: Options) -> Rules:
    """The rules from the settings and, as they are asked for, from the vault's `.recallignore` files."""
    include, wrong = read_patterns(options.include)
    exclude, also_wrong = read_patterns(options.exclude)
    real = root.resolve()
    ours = (place.resolve() for place in (cache_dir(), data_dir()))
    return Rules(
        include,
        exclude,
        tuple(place.relative_to(real).as_posix() for place in ours if place.is_relative_to(real)),
        lru_cache(_FOLDERS_KEPT)(lambda folder: _ignored_in(root / folder)),
        tuple(wrong + also_wrong),
    )


def _ignored_in(folder: Path) -> GitIgnoreSpec | None:
    """A file that is there and cannot be read may mean anything: then nothing of its folder is read."""
    try:
        lines = (folder / IGNORE_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return _NOTHING
    return read_patterns(lines)[0]


def _folders_above(path: str) -> list[str]:
    """The folders that hold a path, "" for the vault first; of a folder's own path (`a/b/`) without itself."""
    parts = path.rstrip("/").split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def scan(root: Path, rules: Rules) -> Iterator[tuple[str, FileState]]:
    """(relative path, state) of every note file, and of every file and folder that cannot be looked at (with
    `problem`).  Raises OSError when the root itself cannot be listed.

    A link is followed where it leads to something in the vault that no rule of the user's excludes; a folder is
    entered once, by its own name where it has one, so there are no loops.
    """
    real = os.path.realpath(root)
    entered: set[str] = set()
    folders, linked = [""], list[str]()
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        target = os.path.realpath(root / folder)
        if target in entered:
            continue
        entered.add(target)
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise
            yield printable(folder) + "/", FileState(-1, 0, problem=f"cannot be listed: {error.strerror}")
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            link = entry.is_symlink()
            if link and not _may_follow(real, rules, path):
                continue
            if _is_folder(entry):
                if rules.may_hold_notes(path):
                    (linked if link else folders).append(path)
            elif rules.takes(path) and (state := _state(path, entry)) is not None:
                yield printable(path), state


def state_in(root: Path, rules: Rules, path: str) -> FileState | None:
    """The state of one file as `scan` would find it: None for what is no note, or lies behind a link out of the
    vault."""
    if not rules.is_note(path):
        return None
    real = root.resolve()
    file = real / path
    folder = file.parent.resolve()
    if not file.resolve().is_relative_to(real) or not folder.is_relative_to(real):
        return None
    # A linked folder that has a name of its own here is known by that.
    if folder != file.parent and rules.is_entered((folder.relative_to(real) / "_").as_posix()):
        return None
    if file.resolve() != file and not _may_follow(str(real), rules, path):
        return None
    return _state(path, file)


def _state(path: str, file: os.DirEntry[str] | Path) -> FileState | None:
    state = file_state(file)
    is_text = path == printable(path)
    return state if state is None or is_text else FileState(-1, 0, problem="its name is not valid Unicode: rename it")


def _may_follow(real: str, rules: Rules, path: str) -> bool:
    """Whether what a link leads to lies in the vault at `real` and is nothing that the user excludes."""
    end = Path(real, path).resolve()
    if not end.is_relative_to(real):
        return False
    target = end.relative_to(real).as_posix()
    return not rules.is_excluded(target) and not rules.is_excluded(target + "/")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def file_state(file: os.DirEntry[str] | Path) -> FileState | None:
    """The state of a regular file; None when it is none or is gone."""
    try:
        if not file.is_file():
            return None
        status = file.stat()
    except OSError:
        return None
    return FileState(status.st_size, status.st_mtime_ns, status.st_ino & _MOST if os.name == "posix" else 0)


def printable(path: str) -> str:
    """A path of any bytes as text, the odd ones as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
