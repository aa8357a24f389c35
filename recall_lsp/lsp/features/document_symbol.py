"""textDocument/documentSymbol: headings, each within the one it belongs to, and blocks with an id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.links.outline import Node

Symbols = list[types.DocumentSymbol] | list[types.SymbolInformation] | None
MOST = 5_000
"""Top headings told: each costs some 90 µs on the wire."""
_KINDS = {"heading": types.SymbolKind.String, "block": types.SymbolKind.Key}


async def document_symbol(session: Session, params: types.DocumentSymbolParams) -> Symbols:
    def find(asked: Asked) -> Symbols:
        from recall_lsp.links.outline import outline

        nodes = outline(asked.page)[:MOST]
        if session.client.symbol_tree:
            return [_symbol(asked.snapshot, node) for node in nodes]
        return _flat(asked.snapshot, nodes, "")

    return await ask_page(session, types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, params.text_document.uri, find, None)


def _symbol(snapshot: Snapshot, node: Node) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=_name(node),
        kind=_KINDS[node.kind],
        range=snapshot.range(node.span.start, node.span.end),
        selection_range=snapshot.range(node.name_span.start, node.name_span.end),
        children=[_symbol(snapshot, child) for child in node.children] or None,
    )


def _flat(snapshot: Snapshot, nodes: Sequence[Node], container: str) -> list[types.SymbolInformation]:
    made = []
    for node in nodes:
        location = types.Location(snapshot.uri, snapshot.range(node.span.start, node.span.end))
        made.append(types.SymbolInformation(location, _name(node), _KINDS[node.kind], container_name=container or None))
        made += _flat(snapshot, node.children, _name(node))
    return made


def _name(node: Node) -> str:
    """Some clients refuse a symbol without a name."""
    return one_line(node.name) or "(untitled)"
