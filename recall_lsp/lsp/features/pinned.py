"""recall.pinned: the notes that are kept at hand, by the names that they have now."""

from __future__ import annotations

from typing import Any

from recall_lsp.lsp.messages import PINNED, PinnedResult
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import standing


async def pinned(session: Session, _params: Any = None) -> PinnedResult:
    return PinnedResult(await standing(session, PINNED, lambda feedback: feedback.pinned()))
