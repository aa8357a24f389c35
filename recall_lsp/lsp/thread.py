"""Threading: a related past note is quoted where one writes, and gets a link back, both as one edit that is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from recall_lsp.lsp.moments import link_to, moment_of, paragraph_at, related_notes
from recall_lsp.lsp.navigation import Asked
from recall_lsp.lsp.render import quotation
from recall_lsp.lsp.workspace_edit import RequestFailed
from recall_lsp.notes.model import Span

if TYPE_CHECKING:
    from recall_lsp.links.edits import Plan
    from recall_lsp.recall.model import Hit

MOST = 3
BACK = "↩ "
QUOTE = "refactor.rewrite.quote"
"""LSP's kind of the action."""


def threads(asked: Asked, offset: int) -> Iterator[tuple[str, Callable[[], Plan]]]:
    """For each note related to the paragraph at `offset`: a title, and what makes the quotation and the link back."""
    end = paragraph_at(asked.page.text, offset)[1]
    for hit in related_here(asked, offset):
        yield f"Quote {hit.title} here, and link it back", partial(_plan, asked, hit, end)


def related_here(asked: Asked, offset: int) -> list[Hit]:
    """The notes most related to the paragraph at `offset`; asked as a panel asks, so that its answer is remembered."""
    page, options = asked.page, asked.options
    start, end = paragraph_at(page.text, offset)
    if not page.text[start:end].strip():
        return []
    moment = moment_of(page.path, page.text, offset)
    hits = related_notes(asked.notebook.vault, moment, options.limit, options.quiet)
    return [hit for hit in hits if hit.path != page.path and hit.path in asked.notebook.vault.ids][:MOST]


def _plan(asked: Asked, hit: Hit, end: int) -> Plan:
    from recall_lsp.links.edits import Edit, Plan

    past = asked.notebook.page(hit.path)
    if past is None:
        raise RequestFailed(f"{hit.path} cannot be read.")
    here, vault = asked.page, asked.notebook.vault
    quote = quotation(hit, link_to(vault, hit.path, hit.title, here.path), here.path).rstrip("\n")
    tail = "" if here.text[end : end + 2] in ("", "\n", "\n\n") else "\n"
    back = link_to(vault, here.path, here.note.title, hit.path)
    bullet = "- " if past.note.dialect == "logseq" else ""
    body = len(past.text.rstrip())
    gap = "\n" if bullet else "\n\n"
    return Plan(
        {
            here.path: (Edit(Span(end, end), f"\n\n{quote}{tail}"),),
            hit.path: (Edit(Span(body, len(past.text)), f"{gap if body else ''}{bullet}{BACK}{back}\n"),),
        }
    )
