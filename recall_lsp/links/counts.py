"""How often a note and each of its headings are linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import Notebook, Page, place_of
from recall_lsp.links.references import is_title, links_to
from recall_lsp.notes.model import Heading, Link


def reference_counts(notebook: Notebook, page: Page) -> tuple[int, dict[Heading, int]]:
    """Links to the note from others, and links to each heading that has any.

    What closed notes say is remembered until a note changes: a letter typed costs the open notes alone.
    """
    whole, by_heading = 0, Counter[Heading]()
    first = page.note.headings[0] if page.note.headings else None
    for source, link in _links(notebook, page.path):
        if source != page.path or link.target:
            whole += 1
        heading = place_of(page, link).heading
        if heading is None and not link.fragment and first is not None and is_title(page, first):
            heading = first
        if heading is not None:
            by_heading[heading] += 1
    return whole, dict(by_heading)


def _links(notebook: Notebook, path: str) -> Iterator[tuple[str, Link]]:
    for source, link in _indexed(notebook.vault, notebook.vault.notes_revision, path):
        if source not in notebook.buffers:
            yield source, link
    for source in notebook.buffers:
        page = notebook.page(source)
        for link in links_to(notebook, page, path) if page else ():
            yield source, link


@lru_cache(maxsize=64)
def _indexed(vault: Vault, revision: int, path: str) -> tuple[tuple[str, Link], ...]:
    """The links to a note that stand in the index, with the notes that hold them."""
    note = vault.ids.get(path)
    rows = [vault.row(source) for source in sorted(vault.graph.backlinks(note))] if note is not None else []
    return tuple((row.path, link) for row in rows if row for link in row.links if vault.resolve(link, row.path) == path)
