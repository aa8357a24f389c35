"""Logseq: Markdown outlines whose pages and blocks have properties (`key:: value`)."""

from __future__ import annotations

import re

from recall_lsp.notes import link_parse, markdown
from recall_lsp.notes.dates import written_in
from recall_lsp.notes.draft import Draft, line_at, line_starts, says_no, url_words
from recall_lsp.notes.model import Block, Link, LinkKind, Span

# A property takes the rest of its line; a bullet before it stays.
_PROPERTY = re.compile(r"(?m)^([ \t]*(?:- )?)([A-Za-z][\w.-]*):: ?([^\r\n]*)")
_LOGBOOK = re.compile(r"(?m)^[ \t]*:LOGBOOK:(?:(?!:LOGBOOK:).){0,5000}?:END:", re.S)
_PAGE_LINK = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_BLOCK_LINK = re.compile(r"\(\(([0-9a-f]{8}-[0-9a-f-]{27})\)\)")
_TAG_LINK = re.compile(r"#\[\[([^\[\]\n]+)\]\]")
_UNSEARCHED = frozenset({"collapsed", "id", "heading"})


def read(text: str) -> Draft:
    """A Logseq page."""
    draft = Draft("logseq", line_starts(text))
    page_end = _end_of_page_properties(text)
    for match in _PROPERTY.finditer(text):
        _take_property(draft, match, on_page=match.start() < page_end)
    for match in _BLOCK_LINK.finditer(text):
        _add_link(draft, link_parse.Place(match[1], ""), "", "block", match.start(), match.end())
    draft.tags += _TAG_LINK.findall(text)
    markdown.scan(draft, text, blank=_blanked)
    draft.links.sort(key=lambda link: link.span.start)
    return draft


def _blanked(source: str) -> str:
    """The outline without its properties; a property keeps its indent and bullet."""
    source = _PROPERTY.sub(lambda match: match[1] + " " * (match.end() - match.end(1)), source)
    # A space for the first tab keeps an outline under a bare heading from being Markdown's indented code.
    source = f"\n{source}".replace("\n\t", "\n ")[1:].replace("#[[", " [[")
    if ":LOGBOOK:" in source:
        source = _LOGBOOK.sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), source)
    return source


def _end_of_page_properties(text: str) -> int:
    """Page properties are the lines of properties at the top, before any other line."""
    end = 0
    for match in _PROPERTY.finditer(text):
        if text[end : match.start()].strip():
            break
        end = match.end()
    return end


def _take_property(draft: Draft, match: re.Match[str], on_page: bool) -> None:
    name, value = match[2].lower(), match[3].strip()
    start = match.start(3)
    for link in _PAGE_LINK.finditer(match[3]):
        found = link_parse.wiki_place(link[1])
        if found:
            _add_link(draft, found, link[1], "wiki", start + link.start(), start + link.end())
    if name == "id" and value:
        draft.blocks.append(Block(value, Span(match.start(2), match.end()), line_at(draft.starts, match.start(2))))
    elif name == "recall":
        draft.private = draft.private or says_no(value)
    elif on_page and name == "title":
        draft.title = value
    elif on_page and name in ("alias", "aliases"):
        draft.aliases += _names(value)
    elif on_page and name in ("tags", "tag", "category", "categories"):
        draft.tags += _names(value)
    elif name not in _UNSEARCHED:
        if on_page and name in ("date", "created", "created-at"):
            draft.written = draft.written or written_in(value)
        draft.extra.append(url_words(value) if "://" in value else _PAGE_LINK.sub(r"\1", value))


def _names(value: str) -> list[str]:
    """`[[a b]], #c, d` as names."""
    names = (name.strip().lstrip("#").removeprefix("[[").removesuffix("]]") for name in value.split(","))
    return [name for name in names if name]


def _add_link(draft: Draft, found: link_parse.Place, text: str, kind: LinkKind, start: int, end: int) -> None:
    span = Span(start, end)
    draft.links.append(Link(found.target, found.fragment, text, kind, span, line_at(draft.starts, start)))
