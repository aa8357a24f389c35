"""recall.accepted: a note was inserted, as a link or as a quotation."""

from __future__ import annotations

from recall_lsp.lsp.messages import AcceptedParams, Taught
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import teach


async def accepted(session: Session, params: AcceptedParams) -> Taught:
    return await teach(session, "accepted", params.note, near=params.uri, how=params.how)
