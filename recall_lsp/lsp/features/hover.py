"""textDocument/hover: the target of a link, else the notes related to the paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.moments import link_at, moment_of, nearby, related_notes
from recall_lsp.lsp.render import content, markup_for, missing_card, preview_card, related_card
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Link
from recall_lsp.recall.model import Hit

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.index.vault import Preview, Vault


@dataclass(frozen=True, slots=True)
class Target:
    """A link and the note it leads to, if there is one.  `start` is the offset that the link's span counts from."""

    link: Link
    preview: Preview | None
    start: int


Found = Target | tuple[Hit, ...]


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

    nothing: Found = ()
    found = await vault.ask((types.TEXT_DOCUMENT_HOVER, snapshot.uri), find, nothing)
    markup, today = markup_for(session.client.markdown_hover), date.today()
    if isinstance(found, Target):
        link, start, preview = found.link, found.start, found.preview
        card = preview_card(preview, vault.root, today, markup) if preview else missing_card(link.target, markup)
        return types.Hover(content(card, markup), snapshot.range(start + link.span.start, start + link.span.end))
    if not found:
        return None
    return types.Hover(content(related_card(found, vault.root, today, markup), markup), _paragraph(snapshot, offset))


def _target(vault: Vault, path: str, snapshot: Snapshot, offset: int) -> Target | None:
    near = nearby(path, snapshot.text, offset)
    link = link_at(near, offset)
    if link is None:
        return None
    path_of_target = vault.resolve(link, path)
    preview = None if path_of_target is None else vault.preview(path_of_target, link.fragment)
    return Target(link, preview, near.start)


def _related(vault: Vault, options: Options, path: str, snapshot: Snapshot, offset: int) -> tuple[Hit, ...]:
    if options.hover != "all" or not snapshot.line(snapshot.line_at(offset)).strip():
        return ()
    return related_notes(vault, moment_of(path, snapshot.text, offset), options.limit, options.quiet)


def _paragraph(snapshot: Snapshot, offset: int, most: int = 50) -> types.Range:
    """The lines around a place up to blank ones, `most` of them to either side."""
    first = last = snapshot.line_at(offset)
    while first > 0 and last - first < most and snapshot.line(first - 1).strip():
        first -= 1
    here = last
    while last + 1 < len(snapshot.starts) and last - here < most and snapshot.line(last + 1).strip():
        last += 1
    return snapshot.range(snapshot.starts[first], snapshot.starts[last] + len(snapshot.line(last).rstrip("\r\n")))
