"""recall.undo: what was dismissed, or never to be shown, is shown again; a pinned note is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recall_lsp.lsp.messages import UNDO, Taught, UndoParams
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import told, written

if TYPE_CHECKING:
    from recall_lsp.index.feedback import Event
    from recall_lsp.index.vault import Vault


async def undo(session: Session, params: UndoParams) -> Taught | None:
    """What was undone: the event of that id, or the newest in any folder; None when there is none."""
    newest: tuple[Event, ServedVault] | None = None
    for served in list(session.vaults):
        event = await served.ask((UNDO, object()), lambda vault: vault.feedback.find(params.id), None)
        if event is not None and (newest is None or event.at > newest[0].at):
            newest = event, served
    if newest is None:
        return None
    event, served = newest

    def take_back(vault: Vault) -> Taught | None:
        undone = vault.feedback.undo(event.id)
        return None if undone is None else told(served, vault, undone)

    taken = await written(served, take_back)
    session.refresh_code_lenses(forget=True)
    return taken
