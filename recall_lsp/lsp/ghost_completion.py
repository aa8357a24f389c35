"""Ghost text as completion items, for clients that have no inline completion: few, last, and only what is sure.

Such clients may ask at each letter as if by hand, so only where no letter stands before the cursor do they mean it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.ghosts import Ghost, accepting, ghosts
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import open_places
from recall_lsp.lsp.render import note_uri
from recall_lsp.lsp.session import Session

DETAIL = "recall"
_LONGEST_LABEL = 60
_SYNTAX = re.compile(r"[\\$}]")


async def ghost_items(session: Session, uri: str, start: int, offset: int, first: int) -> list[types.CompletionItem]:
    """Items that rank from `first` on, after a word that begins at `start`; none for a client that shows ghosts."""
    at = session.open_at(uri)
    if at is None or session.client.inline_completion or session.shows_ghosts:
        return []
    served, path, snapshot = at
    buffers = open_places(session, served).texts
    none: list[Ghost] = []
    found = await served.ask(
        ("recall/ghosts", uri),
        lambda vault: ghosts(vault, served.options, path, snapshot.text, offset, start == offset, buffers),
        none,
    )
    items = [_item(ghost, snapshot, start, offset, session.client.snippets) for ghost in found]
    for rank, (item, ghost) in enumerate(zip(items, found, strict=True), first):
        item.sort_text = f"{rank:04}"
        if ghost.path:  # its link stands already when the command is run
            told = replace(ghost, link="")
            item.command = accepting(told, snapshot, offset, note_uri(served.root, ghost.path))
    return items


def _item(ghost: Ghost, snapshot: Snapshot, start: int, offset: int, snippets: bool) -> types.CompletionItem:
    also = None
    if ghost.link:
        # The item's own edit must hold the cursor and touch no other: it is the mark after the name.
        start = offset - 1
        also = [types.TextEdit(snapshot.range(ghost.start, start), ghost.link[:-1])]
    typed = snapshot.text[start:offset]
    new = typed if ghost.link else typed + ghost.text
    several = "\n" in new and snippets
    if several:  # some clients insert the first line alone of what is no snippet
        new = _SYNTAX.sub(r"\\\g<0>", new)
    label = one_line(ghost.link or typed + ghost.text).strip()
    return types.CompletionItem(
        label=label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…",
        # blink.cmp drops Text, and nvim-cmp sorts by kind before sortText: the kind of the notes that come before.
        kind=types.CompletionItemKind.Reference,
        detail=DETAIL,
        filter_text=typed,
        insert_text_format=types.InsertTextFormat.Snippet if several else None,
        text_edit=types.TextEdit(snapshot.range(start, offset), new),
        additional_text_edits=also,
    )
