"""A note's structure: its headings as a tree, what can be folded, and what a selection grows to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from recall_lsp.links.notebook import Page
from recall_lsp.links.subject import heading_text
from recall_lsp.notes.anchor import section_ends
from recall_lsp.notes.link_site import link_site
from recall_lsp.notes.model import Span
from recall_lsp.notes.regions import regions
from recall_lsp.notes.sentences import sentences


@dataclass(frozen=True, slots=True)
class Node:
    """A heading with its section, or a block; `name_span` is where its words stand."""

    name: str
    kind: Literal["heading", "block"]
    span: Span
    name_span: Span
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """A range that can be folded onto its first line."""

    kind: Literal["section", "comment", "region"]
    span: Span


_FOLDED = frozenset({"front matter", "code", "math", "item", "quote", "table", "html", "drawer", "footnote"})


def outline(page: Page) -> tuple[Node, ...]:
    """Headings, each within the one it belongs to, and the blocks that have an id of their own."""
    nodes: list[tuple[int, Span, Span, str, Literal["heading", "block"]]] = []
    headings = page.note.headings
    for heading, end in zip(headings, section_ends(headings, len(page.text)), strict=True):
        span = Span(heading.span.start, end)
        nodes.append((heading.level, span, heading_text(page, heading), heading.text, "heading"))
    for block in page.note.blocks:
        if block.span.end:
            nodes.append((99, block.span, block.span, f"^{block.id}", "block"))
    nodes.sort(key=lambda node: (node[1].start, node[0]))
    return _tree(nodes, 0, len(nodes))


def _tree(
    nodes: list[tuple[int, Span, Span, str, Literal["heading", "block"]]], first: int, last: int
) -> tuple[Node, ...]:
    made: list[Node] = []
    while first < last:
        _, span, name_span, name, kind = nodes[first]
        after = first + 1
        while after < last and nodes[after][1].start < span.end:
            after += 1
        made.append(Node(name, kind, span, name_span, _tree(nodes, first + 1, after)))
        first = after
    return tuple(made)


def folds(page: Page) -> Iterator[Fold]:
    """Sections, front matter, lists, code, quotes, tables and drawers."""
    headings = page.note.headings
    for heading, end in zip(headings, section_ends(headings, len(page.text)), strict=True):
        yield Fold("section", _trimmed(page.text, Span(heading.span.start, end)))
    for region in regions(page.note.dialect, page.text):
        if region.kind in _FOLDED:
            comment = region.kind == "html" and page.text.startswith("<!--", region.span.start)
            yield Fold("comment" if comment else "region", _trimmed(page.text, region.span))


def selections(page: Page, offset: int) -> list[Span]:
    """What a selection at an offset grows to, each within the next: word, link, sentence, block, section, note."""
    text = page.text
    around = [Span(*_word(text, offset)), Span(0, len(text))]
    for link in page.note.links:
        if link.span.start <= offset < link.span.end:
            around.append(link.span)
            if site := link_site(text, link):
                around += [span for span in (site.target, site.fragment, site.label) if span is not None]
    for region in regions(page.note.dialect, text):
        around.append(_trimmed(text, region.span))
        if region.kind == "paragraph" and region.span.start <= offset <= region.span.end:
            body = text[region.span.start : region.span.end]
            around += [Span(region.span.start + a, region.span.start + b) for a, b in sentences(body)]
    headings = page.note.headings
    for heading, end in zip(headings, section_ends(headings, len(text)), strict=True):
        around.append(heading_text(page, heading))
        around.append(_trimmed(text, Span(heading.span.start, end)))
    return _nested({span for span in around if span.start <= offset <= span.end and span.start < span.end})


def _nested(spans: set[Span]) -> list[Span]:
    """The narrowest first; what does not lie within the next wider is left out."""
    chain: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.end - span.start, span.start)):
        if not chain or (span.start <= chain[-1].start and span.end >= chain[-1].end):
            chain.append(span)
    return chain


def _word(text: str, offset: int) -> tuple[int, int]:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'’"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "_'’"):
        end += 1
    return start, end


def _trimmed(text: str, span: Span) -> Span:
    """Without the blank lines at its end."""
    end = span.end
    while end > span.start and text[end - 1].isspace():
        end -= 1
    return Span(span.start, end)
