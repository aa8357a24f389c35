"""workspace/didChangeWorkspaceFolders."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.features.configuration import settings_for
from recall_lsp.lsp.session import Session


def did_change_workspace_folders(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    session.spawn(_change(session, params.event))


async def _change(session: Session, event: types.WorkspaceFoldersChangeEvent) -> None:
    for folder in event.removed:
        await session.remove_folder(folder.uri)
    for folder in event.added:
        vault = session.add_folder(folder.uri, {})
        if vault is not None:
            await session.apply_settings(vault, await settings_for(session, vault))
            session.start(vault)
