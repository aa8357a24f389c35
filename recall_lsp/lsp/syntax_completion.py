"""Completions beside notes by name: headings, blocks, tags, callouts, footnotes, paths, properties, days."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.features.take_out_rest import taking_out_rest
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.messages import MARK_BLOCK
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.links.complete import BlockMark, Completion, Completions

KEY = "recall/syntax"
_MAY_BE = re.compile(
    r"\[\[(?:[^\[\]]*[#^]|file:|(?:to|yes|next|last|this|in |\d|mon|tue|wed|thu|fri|sat|sun))[^\[\]]*$"
    r"|#[\w/-]*$|\[!\w*$|\[\^[^\]]*$|\]\([^()]*$|^[ \t]*(?:- )?[a-z][\w/-]*$"
    r"|^[ \t]*(?:- )?(?:tags?|categor(?:y|ies)|keywords)::?[ \t]|^#\+(?:file)?tags:|^\*+ .* :[\w@#%:]*$",
    re.I,
)
# nvim-cmp sorts by these numbers before it looks at sortText: what is offered beside notes comes no later than they.
_KINDS = {
    "heading": types.CompletionItemKind.Struct,
    "block": types.CompletionItemKind.Reference,
    "tag": types.CompletionItemKind.Constant,
    "callout": types.CompletionItemKind.Keyword,
    "footnote": types.CompletionItemKind.Reference,
    "path": types.CompletionItemKind.File,
    "property": types.CompletionItemKind.Property,
    "day": types.CompletionItemKind.Reference,
}


def may_complete(head: str) -> bool:
    """Whether the line before the cursor may ask for any of these; costs nothing where it does not."""
    return _MAY_BE.search(head) is not None


async def syntax_items(
    session: Session, params: types.CompletionParams
) -> tuple[list[types.CompletionItem], bool, bool] | None:
    """(items, whether more typing may bring others, whether notes are offered beside); None where none are meant."""

    def find(asked: Asked) -> tuple[list[types.CompletionItem], bool, bool] | None:
        from recall_lsp.links.complete import completions

        offset = asked.snapshot.offset(params.position)
        found = completions(asked.notebook, asked.page, offset, asked.options, date.today())
        return None if found is None else (_items(asked, found, offset), found.more, found.beside)

    return await ask_page(session, KEY, params.text_document.uri, find, None)


def _items(asked: Asked, found: Completions, offset: int) -> list[types.CompletionItem]:
    return [_item(asked, rank, one, offset, found.more) for rank, one in enumerate(found.items)]


def _item(asked: Asked, rank: int, one: Completion, offset: int, more: bool) -> types.CompletionItem:
    typed = asked.page.text[one.span.start : offset]
    also = [types.TextEdit(asked.snapshot.range(edit.span.start, edit.span.end), edit.new) for edit in one.also]
    return types.CompletionItem(
        label=one_line(one.label),
        kind=_KINDS[one.kind],
        detail=one_line(one.detail) or None,
        sort_text=f"{rank:04}",
        # A list that is asked for anew at each letter is filtered here, by likeness; clients filter by prefix.
        filter_text=typed if more else one_line(one.label),
        text_edit=types.TextEdit(asked.snapshot.range(one.span.start, one.span.end), one.new),
        additional_text_edits=also or None,
        command=_marking(asked, one.mark)
        if one.mark is not None
        else taking_out_rest(asked.snapshot, one.span.start, offset, one.span.end, one.new),
    )


def _marking(asked: Asked, mark: BlockMark) -> types.Command:
    where = {"uri": asked.places.uri(mark.path), "line": mark.line, "name": mark.name}
    return types.Command("Give the block its id", MARK_BLOCK, arguments=[where])
