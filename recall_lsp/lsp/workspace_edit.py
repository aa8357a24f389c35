"""A plan of edits as LSP's WorkspaceEdit, in the form that the client takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from recall_lsp.lsp.capabilities import ClientFeatures
from recall_lsp.lsp.navigation import Places

if TYPE_CHECKING:
    from recall_lsp.links.edits import Edit, Plan
    from recall_lsp.links.notebook import Notebook, Page

Change = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


class RequestFailed(JsonRpcException):
    """What was asked is right but cannot be done; the editor shows the message."""

    CODE = -32803


def workspace_edit(
    notebook: Notebook, places: Places, client: ClientFeatures, plan: Plan, *, moving: bool = True
) -> types.WorkspaceEdit:
    """`moving`: the plan's moves are to be done by the client too, and not under way already.

    Raises RequestFailed for a client that cannot do what the plan needs.
    """
    moves = plan.moves if moving else ()
    takes = client.document_changes
    if (moves and not (takes and client.renames_files)) or (plan.created and not (takes and client.creates_files)):
        raise RequestFailed("This editor does not let a language server create or rename files.")
    edited = [(page, found) for path, found in plan.edits.items() if (page := notebook.page(path)) is not None]
    if not takes:
        return types.WorkspaceEdit({places.uri(page.path): text_edits(places, page, found) for page, found in edited})
    changes: list[Change] = []
    for path, text in plan.created.items():
        uri = places.uri(path)
        changes.append(types.CreateFile(uri))
        document = types.OptionalVersionedTextDocumentIdentifier(uri)
        start = types.Position(0, 0)
        changes.append(types.TextDocumentEdit(document, [types.TextEdit(types.Range(start, start), text)]))
    for page, found in edited:
        document = types.OptionalVersionedTextDocumentIdentifier(places.uri(page.path), places.versions.get(page.path))
        changes.append(types.TextDocumentEdit(document, [*text_edits(places, page, found)]))
    changes += [types.RenameFile(places.uri(old), (places.root / new).as_uri()) for old, new in moves]
    return types.WorkspaceEdit(document_changes=changes)


def text_edits(places: Places, page: Page, edits: Sequence[Edit]) -> list[types.TextEdit]:
    return [types.TextEdit(places.range(page, edit.span), edit.new) for edit in edits]
