"""Titles beside links that show only an id: a number of digits, a UUID, a block's key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recall_lsp.links.notebook import Notebook, Page, place_of
from recall_lsp.notes.model import Link, Span
from recall_lsp.notes.resolve import without_extension

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|\d{6,17}(?:[-_T.]\d{1,9})?"
    r"|(?=\w*\d)[0-9a-z]{18,40}"
    r"|\^?(?=\w*\d)[0-9a-f]{6,16}"
)
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_PROPERTY = re.compile(r"^\s*[A-Za-z][\w.-]*::")
_MOST = 60


def hints(notebook: Notebook, page: Page, within: Span) -> Iterator[tuple[int, str]]:
    """(offset after the link, title) for each link in a part of a note that shows an id and nothing else."""
    for link in page.note.links:
        if link.span.start > within.end or link.span.end < within.start or not _shows_id(link):
            continue
        path = notebook.resolve(link, page.path)
        title = _told(notebook, path, link) if path else ""
        if title and title.casefold() != link.target.casefold():
            yield link.span.end, title


def _shows_id(link: Link) -> bool:
    if link.kind == "block":
        return True
    shown = link.text.strip() or link.target
    if shown.removeprefix("id:") == link.target.removeprefix("id:") and link.target.startswith("id:"):
        return True
    name = without_extension(shown.removeprefix("id:")).rpartition("/")[2].rpartition("#")[2]
    return _ID.fullmatch(name) is not None


def _told(notebook: Notebook, path: str, link: Link) -> str:
    """The words of the block that a link means, else the note's title."""
    if link.kind != "block" and not link.fragment.startswith("^"):
        return notebook.title(path)
    target = notebook.page(path)
    block = place_of(target, link).block if target else None
    if target is None or block is None:
        return ""
    lines = target.text[: block.span.end].splitlines()[: block.line + 1]
    words = next((line for line in reversed(lines) if line.strip() and not _PROPERTY.match(line)), "")
    words = " ".join(_BULLET.sub("", words).removesuffix(f"^{block.id}").split())
    return words if len(words) <= _MOST else f"{words[:_MOST].rpartition(' ')[0]} …"
