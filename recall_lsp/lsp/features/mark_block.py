"""The recall.markBlock command: a block of another note, chosen as a completion, gets the id that links to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.messages import MARK_BLOCK, MarkBlockParams
from recall_lsp.lsp.navigation import Places, ask_vault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.workspace_edit import workspace_edit

if TYPE_CHECKING:
    from recall_lsp.links.notebook import Notebook


async def mark_block(session: Session, params: MarkBlockParams) -> None:
    """Does nothing where the block has the id by now, or is not to be found any more."""
    place = session.place(params.uri)
    if place is None:
        return
    served, path = place

    def find(notebook: Notebook, places: Places) -> types.WorkspaceEdit | None:
        from recall_lsp.links.blocks import mark

        plan = mark(notebook, path, params.line, params.name)
        return workspace_edit(notebook, places, session.client, plan) if plan else None

    nothing: types.WorkspaceEdit | None = None
    edit = await ask_vault(session, served, (MARK_BLOCK, object()), find, nothing)
    if edit is not None:
        applied = types.ApplyWorkspaceEditParams(edit, "Block id")
        session.spawn(session.settle(types.WORKSPACE_APPLY_EDIT, applied))
