"""recall.pin: a note is kept at hand, whatever it is called later; recall.undo lets it go."""

from __future__ import annotations

from recall_lsp.lsp.messages import PinParams, Taught
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import teach


async def pin(session: Session, params: PinParams) -> Taught:
    return await teach(session, "pinned", params.note)
