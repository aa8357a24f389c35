"""recall/backlinks and the recall.backlinks command: who links here, with the sentence around each link."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.messages import BACKLINKS, Backlink, BacklinksParams, BacklinksResult
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session


async def backlinks(session: Session, params: BacklinksParams) -> BacklinksResult:
    """Of what stands at the position; of the note without one."""

    def find(asked: Asked) -> BacklinksResult:
        from recall_lsp.links import references as links

        found = links.references(asked.notebook, asked.subject(params.position or types.Position(1 << 30, 0)))
        return BacklinksResult(
            [
                Backlink(
                    uri=asked.places.uri(one.page.path),
                    path=one.page.path,
                    title=asked.notebook.title(one.page.path),
                    range=asked.places.range(one.page, one.span),
                    sentence=links.sentence_around(one.page, one.span),
                )
                for one in found
                if not one.declares
            ]
        )

    return await ask_page(session, BACKLINKS, params.text_document.uri, find, BacklinksResult([]))
