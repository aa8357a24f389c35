"""textDocument/codeLens: where a line may tell of related notes.  What it tells is asked when it is seen (resolve)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.lenses import Lens, lenses
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault


async def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    at = session.open_at(params.text_document.uri)
    if at is None or at[0].options.code_lens == "off":
        return []
    served, path, snapshot = at

    def find(_vault: Vault) -> list[Lens]:
        return [lens for lens in lenses(path, snapshot, served.options) if not served.lenses.silent(path, lens)]

    none: list[Lens] = []
    found = await served.ask((types.TEXT_DOCUMENT_CODE_LENS, snapshot.uri), find, none)
    return [types.CodeLens(snapshot.range(lens.offset, lens.offset), data={"uri": snapshot.uri}) for lens in found]
