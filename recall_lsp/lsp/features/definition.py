"""textDocument/definition: where a link, a tag or a footnote leads."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Span

Locations = list[types.Location] | list[types.LocationLink] | None


async def definition(session: Session, params: types.DefinitionParams) -> Locations:
    def find(asked: Asked) -> Locations:
        from recall_lsp.links.definition import definitions

        subject = asked.subject(params.position)
        targets = definitions(asked.notebook, subject)
        if not session.client.location_links:
            return [asked.places.location(page, Span(span.start, span.start)) for page, span in targets] or None
        marked = subject.link.span if subject.link else subject.span
        origin = asked.snapshot.range(marked.start, marked.end)
        return [
            types.LocationLink(
                asked.places.uri(page.path),
                asked.places.range(page, span),
                asked.places.range(page, Span(span.start, span.start)),
                origin,
            )
            for page, span in targets
        ] or None

    return await ask_page(session, types.TEXT_DOCUMENT_DEFINITION, params.text_document.uri, find, None)
