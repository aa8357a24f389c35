"""Threading: a related past note is quoted where one writes, and gets a link back, both as one edit that is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recall_lsp.lsp.moments import link_to, moment_of, paragraph_at, related_notes
from recall_lsp.lsp.navigation import Asked
from recall_lsp.lsp.render import quotation
from recall_lsp.notes.model import Span

if TYPE_CHECKING:
    from recall_lsp.links.edits import Plan
    from recall_lsp.recall.model import Hit

MOST = 3
BACK = "↩ "


def threads(asked: Asked, offset: int) -> Iterator[tuple[Hit, Plan]]:
    """For each of the notes most related to the paragraph at `offset`: the quotation after it, and the link back."""
    path, text, vault = asked.page.path, asked.page.text, asked.notebook.vault
    start, end = paragraph_at(text, offset)
    if not text[start:end].strip():
        return
    for hit in related_notes(vault, moment_of(path, text, offset), MOST, asked.options.quiet):
        plan = _plan(asked, hit, end)
        if plan is not None and hit.path != path:
            yield hit, plan


def _plan(asked: Asked, hit: Hit, end: int) -> Plan | None:
    from recall_lsp.links.edits import Edit, Plan

    past = asked.notebook.page(hit.path)
    if past is None:
        return None
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
