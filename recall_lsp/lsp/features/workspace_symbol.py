"""workspace/symbol: notes, headings and tags by name, and notes by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import Places, ask_vault
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.links.notebook import Notebook

_KINDS = {"note": types.SymbolKind.File, "heading": types.SymbolKind.String, "tag": types.SymbolKind.Constant}


async def workspace_symbol(session: Session, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol] | None:
    def find(notebook: Notebook, places: Places) -> list[types.WorkspaceSymbol]:
        from recall_lsp.links.symbols import find_symbols

        made = []
        for symbol in find_symbols(notebook, params.query.strip()):
            start = types.Position(symbol.line, 0)
            location = types.Location(places.uri(symbol.path), types.Range(start, start))
            name, container = one_line(symbol.name) or symbol.path, one_line(symbol.container)
            made.append(types.WorkspaceSymbol(location, name, _KINDS[symbol.kind], container_name=container))
        return made

    found: list[types.WorkspaceSymbol] = []
    for served in list(session.vaults):
        found += await ask_vault(session, served, types.WORKSPACE_SYMBOL, find, [])
    return found
