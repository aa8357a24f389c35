"""textDocument/inlineCompletion: the writer's own words, or a link, as ghost text."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.ghosts import Ghost, accepting, ghosts
from recall_lsp.lsp.navigation import open_places
from recall_lsp.lsp.render import note_uri
from recall_lsp.lsp.session import Session


async def inline_completion(
    session: Session, params: types.InlineCompletionParams
) -> types.InlineCompletionList | None:
    session.shows_ghosts = True
    at = session.open_at(params.text_document.uri)
    by_hand = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    if at is None or (params.context.selected_completion_info is not None and not by_hand):
        return None
    served, path, snapshot = at
    options, offset = served.options, snapshot.offset(params.position)
    buffers = open_places(session, served).texts
    none: list[Ghost] = []
    found = await served.ask(
        (types.TEXT_DOCUMENT_INLINE_COMPLETION, snapshot.uri),
        lambda vault: ghosts(vault, options, path, snapshot.text, offset, by_hand, buffers),
        none,
    )
    here = snapshot.range(offset, offset)
    items = []
    for ghost in found:
        item = types.InlineCompletionItem(ghost.text, filter_text=ghost.text, range=here)
        if ghost.path:
            item.command = accepting(ghost, snapshot, offset, note_uri(served.root, ghost.path))
        items.append(item)
    return types.InlineCompletionList(items)
