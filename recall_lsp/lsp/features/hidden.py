"""recall.hidden: what is not shown because the user said so, to be taken back by recall.undo."""

from __future__ import annotations

from typing import Any

from recall_lsp.lsp.messages import HIDDEN, HiddenResult
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import standing, told


async def hidden(session: Session, _params: Any = None) -> HiddenResult:
    return HiddenResult(await standing(session, HIDDEN, lambda vault: vault.feedback.standing(), told))
