"""What an editor may colour beyond grammar: links by whether they lead anywhere, tags, names of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from recall_lsp.links.notebook import Notebook, Page, full_note
from recall_lsp.notes import front_matter
from recall_lsp.notes.model import Span
from recall_lsp.notes.tag_sites import tag_sites

TokenKind = Literal["link", "missing", "tag", "property"]

_LOGSEQ = re.compile(r"(?m)^[ \t]*(?:- )?([A-Za-z][\w.-]*)::(?= |$)")
_FRONT = re.compile(r"(?m)^([A-Za-z_][\w-]*)[ \t]*:(?=[ \t]|$)")
_ORG = re.compile(r"(?im)^[ \t]*#\+([a-z_]+)(?:\[\])?:|^[ \t]*:([\w-]+):(?=[ \t]+\S)")


@dataclass(frozen=True, slots=True)
class Token:
    """`missing`: a link to no note."""

    kind: TokenKind
    span: Span


def tokens(notebook: Notebook, page: Page) -> list[Token]:
    """In order, none within another."""
    found = [*_links(notebook, page), *_properties(page)]
    found += [Token("tag", site.span) for site in tag_sites(full_note(page), page.text)]
    kept: list[Token] = []
    for token in sorted(found, key=lambda token: (token.span.start, -token.span.end)):
        if not kept or token.span.start >= kept[-1].span.end:
            kept.append(token)
    return kept


def _links(notebook: Notebook, page: Page) -> Iterator[Token]:
    for link in page.note.links:
        yield Token("link" if notebook.resolve(link, page.path) else "missing", link.span)


def _properties(page: Page) -> Iterator[Token]:
    if page.note.dialect == "markdown":
        source, _ = front_matter.split(page.text)
        begin = page.text.find(source) if source else 0
        for match in _FRONT.finditer(source):
            yield Token("property", Span(begin + match.start(1), begin + match.end(1)))
    elif page.note.dialect in ("logseq", "org"):
        for match in (_LOGSEQ if page.note.dialect == "logseq" else _ORG).finditer(page.text):
            yield Token("property", Span(*match.span(match.lastindex or 1)))
