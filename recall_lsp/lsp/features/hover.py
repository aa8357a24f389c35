"""textDocument/hover: the target of a link, else the notes related to the paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.moments import link_at, moment_on_line, nearby, related_notes
from recall_lsp.lsp.render import content, hidden_card, markup_for, missing_card, preview_card, related_card
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Link
from recall_lsp.recall.model import Hit

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.index.preview import Preview
    from recall_lsp.index.vault import Vault


@dataclass(frozen=True, slots=True)
class Target:
    """A link, its place in the document, and the note it leads to, if there is one that may be shown here."""

    link: Link
    span: tuple[int, int]
    preview: Preview | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Related:
    """Related notes, and the place of the paragraph or heading that they are related to."""

    hits: tuple[Hit, ...]
    span: tuple[int, int]


Found = Target | Related | None


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    at = session.open_at(params.text_document.uri)
    if at is None:
        return None
    vault, path, snapshot = at
    options, offset = vault.options, snapshot.offset(params.position)
    if options.hover == "off":
        return None

    def find(asked: Vault) -> Found:
        return _target(asked, path, snapshot, offset) or _related(asked, options, path, snapshot, offset)

    nothing: Found = None
    found = await vault.ask((types.TEXT_DOCUMENT_HOVER, snapshot.uri), find, nothing)
    if found is None:
        return None
    markup, today = markup_for(session.client.markdown_hover), date.today()
    if isinstance(found, Related):
        card = related_card(found.hits, vault.root, today, markup)
    elif found.hidden:
        card = hidden_card(found.link.target, markup)
    elif found.preview is None:
        card = missing_card(found.link.target, markup)
    else:
        card = preview_card(found.preview, vault.root, today, markup)
    return types.Hover(content(card, markup), snapshot.range(*found.span))


def _target(vault: Vault, path: str, snapshot: Snapshot, offset: int) -> Target | None:
    near = nearby(path, snapshot.text, offset)
    link = link_at(near, offset)
    if link is None:
        return None
    path_of_target, hidden = vault.resolve(link, path), vault.hidden_from(path)
    is_hidden = path_of_target is not None and hidden is not None and hidden(path_of_target)
    preview = None if path_of_target is None or is_hidden else vault.preview(path_of_target, link.fragment)
    return Target(link, (near.start + link.span.start, near.start + link.span.end), preview, is_hidden)


def _related(vault: Vault, options: Options, path: str, snapshot: Snapshot, offset: int) -> Related | None:
    if options.hover != "all":
        return None
    found = moment_on_line(path, snapshot.text, offset, snapshot.line_span(snapshot.line_at(offset)))
    if found is None:
        return None
    moment, span = found
    hits = related_notes(vault, moment, options.limit, options.quiet)
    return Related(hits, span) if hits else None
