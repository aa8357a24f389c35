"""textDocument/semanticTokens/full: links, tags and properties, where the setting asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Span

if TYPE_CHECKING:
    from recall_lsp.links.tokens import Token

LEGEND = types.SemanticTokensLegend(
    [types.SemanticTokenTypes.Class, types.SemanticTokenTypes.Decorator, types.SemanticTokenTypes.Property],
    [types.SemanticTokenModifiers.Abstract],
)
"""Types that every colour theme knows; a link to no note is `abstract`, as what has no body yet."""
_TYPES = {"link": (0, 0), "missing": (0, 1), "tag": (1, 0), "property": (2, 0)}


async def semantic_tokens(session: Session, params: types.SemanticTokensParams) -> types.SemanticTokens:
    place = session.place(params.text_document.uri)
    nothing = types.SemanticTokens([])
    if place is None or not place[0].options.semantic_tokens:
        return nothing

    def find(asked: Asked) -> types.SemanticTokens:
        from recall_lsp.links.tokens import tokens

        return types.SemanticTokens(_encoded(asked.snapshot, tokens(asked.notebook, asked.page)))

    return await ask_page(session, types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, params.text_document.uri, find, nothing)


def _encoded(snapshot: Snapshot, tokens: list[Token]) -> list[int]:
    """Five numbers a token: lines and columns from the one before, length, type, modifiers."""
    data: list[int] = []
    line = column = 0
    for token in tokens:
        kind, modifiers = _TYPES[token.kind]
        for part in _by_line(snapshot, token.span):
            range_ = snapshot.range(part.start, part.end)
            start = range_.start
            column = column if start.line == line else 0
            data += [start.line - line, start.character - column, range_.end.character - start.character]
            data += [kind, modifiers]
            line, column = start.line, start.character
    return data


def _by_line(snapshot: Snapshot, span: Span) -> Iterator[Span]:
    """A token may not go on over a line's end."""
    start = span.start
    while start < span.end:
        number = snapshot.line_at(start)
        end = min(snapshot.starts[number] + len(snapshot.line(number).rstrip("\r\n")), span.end)
        if start < end:
            yield Span(start, end)
        start = snapshot.starts[number + 1] if number + 1 < len(snapshot.starts) else span.end
