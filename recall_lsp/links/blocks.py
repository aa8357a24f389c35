"""Blocks that have no id yet, and how they get one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from recall_lsp.links.edits import Edit, Plan
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.notes.model import Span
from recall_lsp.notes.regions import of_kind, regions

_SIGNS = "-*+ \t"
_NAME = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A paragraph or list item without an id: the one it would get goes to `end`, behind `line`, its last line."""

    words: str
    line: str
    span: Span
    end: int
    name: str

    @property
    def edit(self) -> Edit:
        return Edit(Span(self.end, self.end), f" ^{self.name}")


def unmarked(page: Page) -> Iterator[Unmarked]:
    """Blocks of Markdown; other dialects make ids of their own."""
    text = page.text
    known = {block.id for block in page.note.blocks}
    marked = [block.span.start for block in page.note.blocks]
    for region in of_kind(regions(page.note.dialect, text), "paragraph", "item"):
        words = text[region.span.start : region.span.end].rstrip()
        first = (words.partition("\n")[0] if region.kind == "item" else words).rstrip()
        end = region.span.start + len(first)
        name = blake2b(first.encode("utf-8", "replace"), digest_size=3).hexdigest()
        if name in known or not first.strip(_SIGNS) or any(region.span.start <= one < end for one in marked):
            continue
        yield Unmarked(
            first.lstrip(_SIGNS), first.rpartition("\n")[2], Span(region.span.start, region.span.end), end, name
        )


def mark(notebook: Notebook, path: str, line: str, name: str) -> Plan | None:
    """The plan that gives the block ending with `line` the id `name`; None where that cannot be done (any more)."""
    page = notebook.page(path)
    if page is None or not _NAME.fullmatch(name):
        return None
    found = next((one for one in unmarked(page) if one.line == line), None)
    return Plan({path: (Edit(Span(found.end, found.end), f" ^{name}"),)}) if found else None
