"""recall.neverShow: a note is not shown again, except by its name."""

from __future__ import annotations

from recall_lsp.lsp.messages import NeverShowParams, Taught
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import teach


async def never_show(session: Session, params: NeverShowParams) -> Taught:
    return await teach(session, "never", params.note)
