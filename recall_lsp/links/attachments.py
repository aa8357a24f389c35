"""Pictures and other files that are no notes: where notes name them, and which no note names."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from recall_lsp.links.edits import Edit
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.notes.link_parse import MEDIA, is_web, markdown_place
from recall_lsp.notes.model import Span

_BY_PATH = re.compile(
    r"\]\(\s*(<[^<>\n]*>|(?:\\.|\([^\s()]*\)|[^\s()])+)|<(?:img|video|audio|source)\s[^<>]*?src=[\"']([^\"'<>]+)"
    r"|\[\[file:([^\[\]\n]+?)(?:::[^\[\]\n]*)?\]",
    re.I,
)
_WIKI = re.compile(r"\[\[([^\[\]\n|#]+?)(?=[|#\]])")
_NAMED = re.compile(r"[^/\\()\[\]<>\"'|\n]+\.[A-Za-z][A-Za-z0-9]{1,4}(?![\w.])")
_SAFE = "/.~_-!$'*+,;=@:"
_PASSED_OVER = frozenset({"node_modules", "bak"})


def attachments(root: Path) -> Iterator[str]:
    """Paths of all pictures, recordings and documents in a vault."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _PASSED_OVER]
        for name in files:
            if MEDIA.search(name):
                yield Path(folder, name).relative_to(root).as_posix()


def names_in(text: str) -> frozenset[str]:
    """File names, folded, that a text may name: rather too many than too few."""
    found = {unquote(name.strip()).casefold() for name in _NAMED.findall(text)}
    return frozenset(found | {name.rpartition(" ")[2] for name in found})


def moved_files(notebook: Notebook, moves: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The paths of the files that are no notes and that moves of files and folders take along."""
    root, found = notebook.vault.root, set()
    for old, _ in moves:
        if (root / old).is_dir():
            found |= {f"{old}/{inside}" for inside in attachments(root / old)}
        elif not notebook.exists(old):
            found.add(old)
    return frozenset(found)


def file_edits(
    notebook: Notebook, moved: Callable[[str], str], notes: Iterable[str], files: Collection[str]
) -> Iterator[tuple[str, Edit]]:
    """The edits that keep the files shown in moved `notes`, and the moved `files` wherever they are shown.

    `moved` tells where a file will be.  Only where files move are all notes looked at, for their names alone.
    """
    for path in dict.fromkeys([*notes, *_naming(notebook, files)]):
        page = notebook.page(path)
        if page is not None:
            yield from ((path, edit) for edit in _by_path(notebook, page, moved))
            yield from ((path, edit) for edit in _by_name(notebook, page, moved, files))


def _naming(notebook: Notebook, files: Collection[str]) -> Iterator[str]:
    """The notes in whose text one of the files' names stands, as it is or percent-encoded."""
    names = {path.rpartition("/")[2] for path in files}
    needles = [form.encode() for name in names for form in {name, quote(name), quote(name, safe=_SAFE)}]
    if not needles:
        return
    wanted = re.compile(b"|".join(re.escape(needle) for needle in needles), re.I)
    for path in {*notebook.vault.ids, *notebook.buffers}:
        try:
            text = notebook.buffers.get(path)
            data = (notebook.vault.root / path).read_bytes() if text is None else text.encode("utf-8", "replace")
        except OSError:
            continue
        if wanted.search(data):
            yield path


def _by_path(notebook: Notebook, page: Page, moved: Callable[[str], str]) -> Iterator[Edit]:
    """Relative paths: from the note's folder to the file, both as they will be."""
    folder, new_folder = posixpath.dirname(page.path), posixpath.dirname(moved(page.path))
    for span, target, encoded in _media(page):
        file = posixpath.normpath(posixpath.join(folder, target))
        if file.startswith("..") or (folder == new_folder and moved(file) == file):
            continue
        relative = posixpath.relpath("/" + moved(file), "/" + new_folder)
        if relative != posixpath.normpath(target) and (notebook.vault.root / file).is_file():
            yield Edit(span, quote(relative, safe=_SAFE) if encoded else relative)


def _by_name(notebook: Notebook, page: Page, moved: Callable[[str], str], files: Collection[str]) -> Iterator[Edit]:
    """Wiki embeds: by the file's name alone, or by its path from the vault's root or the note's folder."""
    folder = posixpath.dirname(page.path)
    by_name = {path.rpartition("/")[2].casefold(): path for path in sorted(files)}
    for match in _WIKI.finditer(page.text) if files else ():
        said = match[1].strip()
        span = Span(match.start(1), match.start(1) + len(match[1].rstrip()))
        if "/" not in said:
            path, near = by_name.get(said.casefold(), ""), posixpath.join(folder, said)
            new = moved(path).rpartition("/")[2]
            if path and new != said and (near in files or not (notebook.vault.root / near).is_file()):
                yield Edit(span, new)
            continue
        for path, relative in ((said.lstrip("/"), False), (posixpath.normpath(posixpath.join(folder, said)), True)):
            if path in files:
                new = posixpath.relpath("/" + moved(path), "/" + posixpath.dirname(moved(page.path)))
                yield Edit(span, new if relative else moved(path))
                break


def _media(page: Page) -> Iterator[tuple[Span, str, bool]]:
    """(span, path, whether it is percent-encoded) of each relative path to a file that is no note."""
    for match in _BY_PATH.finditer(page.text):
        group = match.lastindex or 1
        start, end, found = match.start(group), match.end(group), match[group]
        if found.startswith("<"):
            start, end, found = start + 1, end - 1, found[1:-1]
        if is_web(found) or found.startswith(("/", "#", "((")) or markdown_place(found) is not None:
            continue
        encoded = group == 1 and not match[group].startswith("<")
        yield Span(start, end), unquote(found) if group < 3 else found, encoded
