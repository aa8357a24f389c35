"""recall.hidden: what is not shown because the user said so, to be taken back by recall.undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recall_lsp.lsp.messages import HIDDEN, HiddenResult, Taught
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import told

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault


async def hidden(session: Session, _params: Any = None) -> HiddenResult:
    found = [one for served in list(session.vaults) for one in await _of(served)]
    return HiddenResult(found)


async def _of(served: ServedVault) -> list[Taught]:
    def read(vault: Vault) -> list[Taught]:
        return [told(served, vault, event) for event in vault.feedback.standing()]

    return await served.ask((HIDDEN, object()), read, [])  # none supersedes another
