"""The recall.pauseIndexing and recall.resumeIndexing commands: for all folders of this window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault


async def pause(session: Session, _params: Any = None) -> None:
    """Nothing more is read or embedded, by any window, until it is resumed; what is indexed goes on answering."""
    await _set_paused(session, True)


async def resume(session: Session, _params: Any = None) -> None:
    await _set_paused(session, False)


async def _set_paused(session: Session, paused: bool) -> None:
    def work(vault: Vault) -> None:
        from recall_lsp.index import pace

        (pace.pause if paused else pace.resume)(vault.root)

    for served in list(session.vaults):
        await served.ask(("paused", object()), work, None)
