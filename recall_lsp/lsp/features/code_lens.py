"""textDocument/codeLens: how many links lead here, and where a line may tell of related notes.

What is related is asked when its lens is seen (resolve).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from recall_lsp.lsp.lenses import Lens, lenses
from recall_lsp.lsp.messages import SHOW_REFERENCES
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

REFERENCES = "recall/referenceLens"


async def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    at = session.open_at(params.text_document.uri)
    if at is None:
        return []
    served, path, snapshot = at
    none: list[Lens] = []
    counted: list[types.CodeLens] = []
    if served.options.reference_lens:
        counted = await ask_page(session, REFERENCES, snapshot.uri, _references, counted)
    if served.options.code_lens == "off":
        return counted

    def find(_vault: Vault) -> list[Lens]:
        return [lens for lens in lenses(path, snapshot, served.options) if not served.lenses.silent(path, lens)]

    found = await served.ask((types.TEXT_DOCUMENT_CODE_LENS, snapshot.uri), find, none)
    return counted + [
        types.CodeLens(snapshot.range(lens.offset, lens.offset), data={"uri": snapshot.uri}) for lens in found
    ]


def _references(asked: Asked) -> list[types.CodeLens]:
    """Over the note's beginning or its title, and over each further heading that is linked."""
    from recall_lsp.links.counts import reference_counts
    from recall_lsp.links.references import is_title

    whole, by_heading = reference_counts(asked.notebook, asked.page)
    titles = {heading for heading in asked.page.note.headings[:1] if is_title(asked.page, heading)}
    counts = {0: whole} if whole and not titles else {}
    counts |= {heading.span.start: count for heading, count in by_heading.items()}
    return [_lens(asked, offset, count) for offset, count in sorted(counts.items())]


def _lens(asked: Asked, offset: int, count: int) -> types.CodeLens:
    range_ = asked.snapshot.range(offset, offset)
    place: dict[str, Any] = {
        "textDocument": {"uri": asked.snapshot.uri},
        "position": {"line": range_.start.line, "character": range_.start.character},
    }
    title = f"{count} reference{'s' * (count > 1)}"
    return types.CodeLens(range_, types.Command(title, SHOW_REFERENCES, arguments=[place]))
