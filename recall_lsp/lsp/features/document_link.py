"""textDocument/documentLink and documentLink/resolve: links to notes; the line is looked up when one is followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, Places, ask_page, ask_vault
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Link, Span

if TYPE_CHECKING:
    from recall_lsp.links.notebook import Notebook


async def document_link(session: Session, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    def find(asked: Asked) -> list[types.DocumentLink] | None:
        return [made for link in asked.page.note.links if (made := _link(asked, link)) is not None]

    return await ask_page(session, types.TEXT_DOCUMENT_DOCUMENT_LINK, params.text_document.uri, find, None)


async def resolve(session: Session, link: types.DocumentLink) -> types.DocumentLink:
    """A link that is not ours, or whose note has gone, comes back as it is."""
    data: Mapping[str, Any] = link.data if isinstance(link.data, Mapping) else {}
    served = next((vault for vault in session.vaults if str(vault.root) == data.get("folder")), None)
    if served is None:
        return link
    path = str(data.get("path", ""))
    asked = Link(
        str(data.get("target", "")), str(data.get("fragment", "")), "", data.get("kind", "wiki"), Span(0, 0), 0
    )

    def find(notebook: Notebook, places: Places) -> str | None:
        from recall_lsp.links.notebook import place_of

        page = notebook.page(path)
        if page is None:
            return None
        line = places.range(page, place_of(page, asked).span).start.line
        return places.uri(path) + (f"#L{line + 1}" if line else "")

    link.target = await ask_vault(session, served, (types.DOCUMENT_LINK_RESOLVE, path), find, None) or link.target
    return link


def _link(asked: Asked, link: Link) -> types.DocumentLink | None:
    path = asked.notebook.resolve(link, asked.page.path)
    if path is None:
        return None
    range_, title = asked.snapshot.range(link.span.start, link.span.end), asked.notebook.title(path)
    if not link.fragment and link.kind != "block" and not link.target.startswith("id:"):
        return types.DocumentLink(range_, asked.places.uri(path), tooltip=title)
    data = {"folder": str(asked.places.root), "path": path}
    data |= {"target": link.target, "fragment": link.fragment, "kind": link.kind}
    return types.DocumentLink(range_, tooltip=title, data=data)
