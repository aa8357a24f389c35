"""textDocument/selectionRange: word, link, sentence, paragraph, list, section, note."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session


async def selection_range(session: Session, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    def find(asked: Asked) -> list[types.SelectionRange] | None:
        return [_nested(asked, position) for position in params.positions]

    return await ask_page(session, types.TEXT_DOCUMENT_SELECTION_RANGE, params.text_document.uri, find, None)


def _nested(asked: Asked, position: types.Position) -> types.SelectionRange:
    from recall_lsp.links.outline import selections

    grown: types.SelectionRange | None = None
    for span in reversed(selections(asked.page, asked.snapshot.offset(position))):
        grown = types.SelectionRange(asked.snapshot.range(span.start, span.end), grown)
    return grown or types.SelectionRange(types.Range(position, position))
