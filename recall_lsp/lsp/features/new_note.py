"""The recall.newNote command: a note of a title from a template, created and shown by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from recall_lsp.lsp.messages import NEW_NOTE, NewNoteParams
from recall_lsp.lsp.navigation import Places, ask_vault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.workspace_edit import workspace_edit

if TYPE_CHECKING:
    from recall_lsp.links.notebook import Notebook

Found = tuple[str, types.WorkspaceEdit | None] | str | None


async def new_note(session: Session, params: NewNoteParams) -> dict[str, str] | None:
    """The note's URI; one that is there already is only shown.  None where no folder is served."""
    place = session.place(params.uri or "untitled:")
    if place is None:
        return None
    served, source = place

    def find(notebook: Notebook, places: Places) -> Found:
        from recall_lsp.links.create import titled_note
        from recall_lsp.links.edits import RefusedError

        try:
            path, plan = titled_note(notebook, params.title, source, params.folder, params.template, served.options)
        except RefusedError as error:
            return str(error)
        edit = workspace_edit(notebook, places, session.client, plan) if plan else None
        return places.uri(path), edit

    found: Found = await ask_vault(session, served, (NEW_NOTE, object()), find, None)
    if found is None or isinstance(found, str):
        raise JsonRpcInvalidParams(f"recall.newNote: {found}")
    uri, edit = found
    await session.create_and_show(uri, edit, "New note")
    return {"uri": uri}
