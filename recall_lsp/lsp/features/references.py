"""textDocument/references: the links to what is under the cursor; to the note itself from its prose."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session


async def references(session: Session, params: types.ReferenceParams) -> list[types.Location] | None:
    def find(asked: Asked) -> list[types.Location] | None:
        from recall_lsp.links import references as links

        found = links.references(asked.notebook, asked.subject(params.position))
        return [
            asked.places.location(one.page, one.span)
            for one in found
            if params.context.include_declaration or not one.declares
        ]

    return await ask_page(session, types.TEXT_DOCUMENT_REFERENCES, params.text_document.uri, find, None)
