"""textDocument/documentHighlight: the same link, tag or footnote elsewhere in the note."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session

Highlights = list[types.DocumentHighlight] | None


async def document_highlight(session: Session, params: types.DocumentHighlightParams) -> Highlights:
    def find(asked: Asked) -> Highlights:
        from recall_lsp.links.references import references_within

        subject = asked.subject(params.position)
        if subject.kind == "note" and subject.link is None:
            return None
        kinds = (types.DocumentHighlightKind.Read, types.DocumentHighlightKind.Write)
        found = references_within(asked.notebook, asked.page, subject)
        return [
            types.DocumentHighlight(asked.snapshot.range(one.span.start, one.span.end), kinds[one.declares])
            for one in found
        ]

    return await ask_page(session, types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, params.text_document.uri, find, None)
