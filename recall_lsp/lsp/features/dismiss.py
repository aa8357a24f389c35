"""recall.dismiss: a note is not shown again while this document is written."""

from __future__ import annotations

from recall_lsp.lsp.messages import DismissParams, Taught
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import teach


async def dismiss(session: Session, params: DismissParams) -> Taught:
    return await teach(session, "dismissed", params.note, near=params.uri)
