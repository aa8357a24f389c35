"""Code actions that hide a related note: while this document is written, or for good."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.messages import DISMISS, NEVER_SHOW
from recall_lsp.lsp.navigation import Asked
from recall_lsp.lsp.thread import related_here


def hiding_actions(asked: Asked, range_: types.Range) -> list[types.CodeAction]:
    """For each of the notes related to the paragraph, as they are offered for quoting."""
    here, made = asked.places.uri(asked.page.path), []
    for hit in related_here(asked, asked.snapshot.offset(range_.start)):
        note = {"note": asked.places.uri(hit.path)}
        for title, command, argument in (
            (f"Do not show {hit.title} here", DISMISS, {"uri": here, **note}),
            (f"Never show {hit.title}", NEVER_SHOW, note),
        ):
            call = types.Command(one_line(title), command, arguments=[argument])
            made.append(types.CodeAction(one_line(title), command=call))
    return made
