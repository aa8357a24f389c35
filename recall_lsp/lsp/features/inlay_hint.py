"""textDocument/inlayHint: the title of the note behind a link that shows only an id."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Span


async def inlay_hint(session: Session, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    def find(asked: Asked) -> list[types.InlayHint] | None:
        from recall_lsp.links.hints import hints

        if not asked.options.inlay_hints:
            return None
        start, end = (asked.snapshot.offset(side) for side in (params.range.start, params.range.end))
        return [
            types.InlayHint(asked.snapshot.position(offset), one_line(title), padding_left=True)
            for offset, title in hints(asked.notebook, asked.page, Span(start, end))
        ]

    return await ask_page(session, types.TEXT_DOCUMENT_INLAY_HINT, params.text_document.uri, find, None)
