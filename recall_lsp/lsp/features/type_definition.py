"""textDocument/typeDefinition: the note as a whole that holds what a link means; of a nested tag the one above it."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session


async def type_definition(session: Session, params: types.TypeDefinitionParams) -> list[types.Location] | None:
    def find(asked: Asked) -> list[types.Location] | None:
        from recall_lsp.links.definition import holders

        found = holders(asked.notebook, asked.subject(params.position))
        return [asked.places.location(page, span) for page, span in found] or None

    return await ask_page(session, types.TEXT_DOCUMENT_TYPE_DEFINITION, params.text_document.uri, find, None)
