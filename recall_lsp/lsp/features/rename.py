"""textDocument/prepareRename and textDocument/rename: a note with its file, a heading, a tag, a block, a footnote."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.workspace_edit import RequestFailed, workspace_edit

Prepared = types.PrepareRenamePlaceholder | None


async def prepare_rename(session: Session, params: types.PrepareRenameParams) -> Prepared:
    def find(asked: Asked) -> Prepared:
        from recall_lsp.links.rename import placeholder

        found = placeholder(asked.notebook, asked.page, asked.subject(params.position))
        if found is None:
            return None
        span, name = found
        return types.PrepareRenamePlaceholder(asked.snapshot.range(span.start, span.end), name)

    return await ask_page(session, types.TEXT_DOCUMENT_PREPARE_RENAME, params.text_document.uri, find, None)


async def rename(session: Session, params: types.RenameParams) -> types.WorkspaceEdit | None:
    def find(asked: Asked) -> types.WorkspaceEdit | RequestFailed | None:
        from recall_lsp.links.edits import RefusedError
        from recall_lsp.links.rename import rename as plan_rename

        try:
            plan = plan_rename(asked.notebook, asked.subject(params.position), params.new_name)
            return workspace_edit(asked.notebook, asked.places, session.client, plan)
        except RefusedError as error:
            return RequestFailed(str(error))
        except RequestFailed as error:
            return error

    found = await ask_page(session, types.TEXT_DOCUMENT_RENAME, params.text_document.uri, find, None)
    if isinstance(found, RequestFailed):
        raise found
    return found
