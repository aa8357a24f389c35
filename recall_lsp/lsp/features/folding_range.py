"""textDocument/foldingRange: sections, front matter, list items, code, quotes, tables, drawers."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session

_KINDS = {"section": None, "comment": types.FoldingRangeKind.Comment, "region": types.FoldingRangeKind.Region}


async def folding_range(session: Session, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    def find(asked: Asked) -> list[types.FoldingRange] | None:
        from recall_lsp.links.outline import folds

        made: dict[tuple[int, int], types.FoldingRange] = {}
        for fold in folds(asked.page):
            first = asked.snapshot.line_at(fold.span.start)
            last = asked.snapshot.line_at(max(fold.span.end - 1, fold.span.start))
            if last > first:
                made.setdefault((first, last), types.FoldingRange(first, last, kind=_KINDS[fold.kind]))
        return sorted(made.values(), key=lambda made: (made.start_line, -made.end_line))

    return await ask_page(session, types.TEXT_DOCUMENT_FOLDING_RANGE, params.text_document.uri, find, None)
