"""The recall.takeOutRest command: what an accepted completion should have replaced after the cursor, and was left.

Clients that complete by typing (Neovim's menu, blink.cmp) replace what stands before the cursor alone: of `[[lea|]]`
the `]]` would be left behind the link.
"""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.messages import TAKE_OUT_REST, TakeOutRestParams
from recall_lsp.lsp.positions import units, without_end
from recall_lsp.lsp.session import Session


async def take_out_rest(session: Session, params: TakeOutRestParams) -> None:
    """Does nothing where the client has replaced it, or the writer has gone on."""
    at = session.open_at(params.uri)
    if at is None:
        return
    snapshot = at[2]
    start = snapshot.offset(params.position)
    left = without_end(snapshot.text[start : snapshot.line_span(snapshot.line_at(start))[1]])
    if not left.startswith(params.rest) or len(left) != len(params.rest) + params.after:
        return
    edit = types.TextEdit(snapshot.range(start, start + len(params.rest)), "")
    if session.client.document_changes:
        version = session.documents[params.uri].version
        document = types.OptionalVersionedTextDocumentIdentifier(params.uri, version)
        change = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [edit])])
    else:
        change = types.WorkspaceEdit({params.uri: [edit]})
    applied = types.ApplyWorkspaceEditParams(change, "Link")
    session.spawn(session.settle(types.WORKSPACE_APPLY_EDIT, applied))


def taking_out_rest(snapshot: Snapshot, start: int, cursor: int, end: int, new_text: str) -> types.Command | None:
    """For an item that puts one line of text in the place of `start` to `end`; None where nothing after the cursor is
    replaced."""
    if end <= cursor:
        return None
    number = snapshot.line_at(start)
    begin, line = snapshot.starts[number], without_end(snapshot.line(number))
    head = line[: start - begin] + new_text
    place = {"line": number, "character": units(head, len(head), snapshot.encoding)}
    rest, after = line[cursor - begin : end - begin], len(line) - (end - begin)
    where = {"uri": snapshot.uri, "position": place, "rest": rest, "after": after}
    return types.Command("Take out what is left of the link", TAKE_OUT_REST, arguments=[where])
