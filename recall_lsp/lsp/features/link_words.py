"""The recall.link command: an accepted link takes the place of the words that name its note."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.messages import LinkParams
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import teach


async def link_words(session: Session, params: LinkParams) -> None:
    """Does nothing where the document has gone on since: what was inserted is a link already."""
    document = session.documents.get(params.uri)
    if document is None:
        return
    snapshot = document.snapshot()
    start = snapshot.offset(params.start)
    end = start + len(params.text)
    if snapshot.text[start:end] != params.text:
        return
    edit = types.TextEdit(snapshot.range(start, end), params.link)
    applied = types.ApplyWorkspaceEditParams(types.WorkspaceEdit({params.uri: [edit]}), label="Link")
    session.spawn(session.settle(types.WORKSPACE_APPLY_EDIT, applied))
    await teach(session, "accepted", params.note, near=params.uri, how="link")
