"""New notes: where they go, and what stands in them."""

from __future__ import annotations

import posixpath
import re
from datetime import date

from recall_lsp.config import Options
from recall_lsp.links.edits import Plan, RefusedError
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.notes.model import Link
from recall_lsp.notes.resolve import NOTE_EXTENSIONS

_NO_FILE_NAME = re.compile(r'[\x00-\x1f<>:"|?*\\/]+')


def new_note(notebook: Notebook, page: Page, link: Link, options: Options) -> tuple[str, Plan] | None:
    """The note that a link asks for and that is not there: its path, and the plan that creates it."""
    target = link.target.removeprefix("file:")
    if target.startswith("id:") or link.kind == "block":
        return None
    extension = next((end for end in NOTE_EXTENSIONS if target.lower().endswith(end)), "")
    bare = target[: len(target) - len(extension)]
    ending = extension or notebook.vault.tally.extension
    if page.note.dialect == "logseq":
        path = f"pages/{bare.strip('/').replace('/', '___')}{ending}"
    elif link.kind in ("markdown", "org") and extension and not target.startswith("/"):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), bare)) + ending
    elif "/" in bare:
        path = posixpath.normpath(bare.lstrip("/")) + ending
    else:
        path = posixpath.join(new_folder(options, page.path), bare) + ending
    title = path.rpartition("/")[2][: -len(ending)]
    if path.startswith("..") or _NO_FILE_NAME.search(title) or notebook.exists(path):
        return None
    if (notebook.vault.root / path).exists():
        return None
    return path, Plan(created={path: filled(notebook, path, bare.rpartition("/")[2], options.template)})


def titled_note(
    notebook: Notebook, title: str, source: str, folder: str, template: str, options: Options
) -> tuple[str, Plan | None]:
    """Where the note of a title goes, and the plan that creates it; None where it is there.  Raises RefusedError.

    `folder` and `template` are paths in the vault, "" for what the options say; `source` is the note at hand.
    """
    stem = file_name(title)
    if not stem:
        raise RefusedError("A note needs a title.")
    if template and not (notebook.vault.root / template).is_file():
        raise RefusedError(f"There is no template at {template}.")
    where = folder.strip("/") or ("pages" if notebook.logseq else new_folder(options, source))
    name = title.strip("/ ").replace("/", "___") if notebook.logseq else stem
    path = posixpath.normpath(posixpath.join(where, name)) + notebook.vault.tally.extension
    if path.startswith(".."):
        raise RefusedError("A note cannot be made outside of its folder.")
    if notebook.exists(path) or (notebook.vault.root / path).exists():
        return path, None
    return path, Plan(created={path: filled(notebook, path, title.strip(), template or options.template)})


def new_folder(options: Options, source: str) -> str:
    """The folder of a new note: as set, else the linking note's."""
    folder = options.new_note_folder
    return folder.strip("/") if folder else posixpath.dirname(source)


def filled(notebook: Notebook, path: str, title: str, template: str, today: date | None = None) -> str:
    """The text of a new note: the template's, a file in the vault, with its {{title}} and {{date}} filled in."""
    today = today or date.today()
    text = ""
    if template:
        file = notebook.vault.root / template
        try:
            inside = file.resolve().is_relative_to(notebook.vault.root.resolve())
            text = file.read_text(encoding="utf-8") if inside else ""
        except (OSError, UnicodeDecodeError):
            text = ""
    if not text:
        heading = "#+title: {{title}}\n\n" if path.endswith(".org") else "# {{title}}\n\n"
        text = "" if _is_page(notebook, path) else heading
    return text.replace("{{title}}", title).replace("{{date}}", today.isoformat())


def file_name(title: str) -> str:
    """A title as the name of a file, on any system."""
    return " ".join(_NO_FILE_NAME.sub(" ", title).split()).strip(". ")[:120].rstrip()


def _is_page(notebook: Notebook, path: str) -> bool:
    """A Logseq page has no title but its file's name."""
    return notebook.logseq and path.startswith(("pages/", "journals/"))
