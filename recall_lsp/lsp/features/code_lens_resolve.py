"""codeLens/resolve: "3 related, oldest 2019" over a heading or paragraph that is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from recall_lsp.lsp.lenses import NOTHING, Told, words_of
from recall_lsp.lsp.messages import SHOW_RELATED
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault


async def resolve(session: Session, lens: types.CodeLens) -> types.CodeLens:
    """A lens over what has no related notes says nothing, and is not sent again."""
    uri = str(lens.data.get("uri", "")) if isinstance(lens.data, dict) else ""
    told = await _told(session, uri, lens.range.start)
    place: dict[str, Any] = {
        "textDocument": {"uri": uri},
        "position": {"line": lens.range.start.line, "character": lens.range.start.character},
    }
    lens.command = types.Command(words_of(told), SHOW_RELATED if told.count else "", arguments=[place])
    if not told.count:
        session.refresh_code_lenses()
    return lens


async def _told(session: Session, uri: str, position: types.Position) -> Told:
    at = session.open_at(uri)
    if at is None:
        return NOTHING
    served, path, snapshot = at
    offset = snapshot.offset(position)

    def ask(vault: Vault) -> Told:
        return served.lenses.tell(vault, served.options, path, snapshot, offset)

    return await served.ask((types.CODE_LENS_RESOLVE, uri, position.line), ask, NOTHING)
