"""recall/status and the recall.status command: what is indexed, what is not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recall_lsp import __version__
from recall_lsp.lsp.messages import STATUS, FolderStatus, PathMessage, StatusResult
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

MOST_LISTED = 1_000
"""Skipped files and problems told of one folder."""


async def status(session: Session, _params: Any = None) -> StatusResult:
    answers = [await _folder(served) for served in list(session.vaults)]
    return StatusResult(__version__, [answer for answer in answers if answer is not None])


async def _folder(served: ServedVault) -> FolderStatus | None:
    def count(vault: Vault) -> FolderStatus:
        told = vault.status()
        return FolderStatus(
            uri=served.root.as_uri(),
            notes=told.notes,
            passages=told.passages,
            embedded=told.embedded,
            rough=told.rough,
            skipped=[PathMessage(path, reason) for path, reason in told.skipped[:MOST_LISTED]],
            failed=[PathMessage(path, reason) for path, reason in told.failed[:MOST_LISTED]],
            problems=[PathMessage(path, message) for path, message in told.problems[:MOST_LISTED]],
            model=told.model,
            state=told.state,
            message=told.message,
            keeper="stopped" if served.keeper is None else served.keeper.state,
        )

    return await served.ask((STATUS, object()), count, None, urgent=False)  # none supersedes another
