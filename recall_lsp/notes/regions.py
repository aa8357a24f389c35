"""What stands where in a note's text, for folding, selecting and for knowing what is code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

import pyromark

from recall_lsp.notes import front_matter
from recall_lsp.notes.markdown import OPTIONS
from recall_lsp.notes.model import Dialect, Span
from recall_lsp.notes.offsets import code_points

RegionKind = Literal[
    "front matter", "code", "inline code", "math", "list", "item", "quote", "table", "paragraph", "html", "drawer",
    "footnote", "footnote reference",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """`name` is a footnote's label or a code block's language."""

    kind: RegionKind
    span: Span
    name: str = ""


_BLOCKS: dict[str, RegionKind] = {
    "CodeBlock": "code",
    "List": "list",
    "Item": "item",
    "BlockQuote": "quote",
    "Table": "table",
    "Paragraph": "paragraph",
    "HtmlBlock": "html",
    "FootnoteDefinition": "footnote",
}
_LEAVES: dict[str, RegionKind] = {
    "Code": "inline code",
    "InlineMath": "math",
    "DisplayMath": "math",
    "InlineHtml": "html",
    "FootnoteReference": "footnote reference",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_ORG_BLOCK = re.compile(
    r"(?im)^[ \t]*(?:#\+begin_(\w+)[^\n]*\n(?:.*\n)*?[ \t]*#\+end_\1[ \t]*$"
    r"|:(\w[\w-]*):[ \t]*\n(?:.*\n)*?[ \t]*:END:[ \t]*$)"
)
_ORG_ITEM = re.compile(r"(?m)^([ \t]*)(?:[-+]|\d+[.)]|(?<=[ \t])\*)[ \t]+[^\n]*(?:\n\1[ \t]+[^\n]*)*")
_ORG_CODE = re.compile(r"(?<![\w\\])([=~])(?=\S)([^\n]{0,400}?)(?<=\S)\1(?!\w)")
_ORG_FOOTNOTE = re.compile(r"(?m)^\[fn:([\w-]+)\][^\n]*(?:\n(?![ \t]*$|\[fn:|\*+ )[^\n]+)*|\[fn:([\w-]+)\]")
_PARAGRAPH = re.compile(r"(?m)^[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")


@lru_cache(maxsize=32)
def regions(dialect: Dialect, text: str) -> tuple[Region, ...]:
    """All regions, by their start; of two that start together the wider first."""
    found = _org(text) if dialect == "org" else _plain(text) if dialect == "plain" else _markdown(dialect, text)
    return tuple(sorted(found, key=lambda region: (region.span.start, -region.span.end)))


def of_kind(found: Sequence[Region], *kinds: RegionKind) -> list[Region]:
    return [region for region in found if region.kind in kinds]


class Cover:
    """Whether a place stands in any of some regions, which may lie within each other."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans: list[Span] = []
        for span in sorted(spans, key=attrgetter("start")):
            if self._spans and span.start <= self._spans[-1].end:
                span = Span(self._spans[-1].start, max(self._spans.pop().end, span.end))
            self._spans.append(span)

    def holds(self, offset: int) -> bool:
        at = bisect_right(self._spans, offset, key=attrgetter("start")) - 1
        return at >= 0 and offset < self._spans[at].end


def code_cover(dialect: Dialect, text: str) -> Cover:
    """Code, mathematics and HTML: what holds no tags, mentions or footnotes."""
    found = of_kind(regions(dialect, text), "code", "inline code", "math", "html", "drawer", "front matter")
    return Cover([region.span for region in found])


def _markdown(dialect: Dialect, text: str) -> Iterator[Region]:
    _, body = front_matter.split(text) if dialect == "markdown" else ("", 0)
    if body:
        yield Region("front matter", Span(0, body))
    source = _SURROGATE.sub("\ufffd", "\n" * body + text[body:])
    if dialect == "logseq":
        source = f"\n{source}".replace("\n\t", "\n ")[1:]
    at = code_points(source)
    open_: list[tuple[RegionKind, str]] = []
    events: Any = pyromark.events_with_range(source, options=OPTIONS)
    for event, place in events:
        if event.__class__ is str:
            continue
        ((sort, tag),) = event.items()
        if sort in _LEAVES:
            name = tag if sort == "FootnoteReference" else ""
            yield Region(_LEAVES[sort], Span(at[place["start"]], at[place["end"]]), name)
        elif sort in ("Start", "End"):
            name = tag if tag.__class__ is str else next(iter(tag))
            kind = _BLOCKS.get(name)
            if kind is None:
                continue
            if sort == "Start":
                open_.append((kind, _name(tag)))
                continue
            kind, label = open_.pop()
            yield Region(kind, Span(at[place["start"]], at[place["end"]]), label)


def _name(tag: Any) -> str:
    """A footnote's label, a code block's language."""
    value = "" if tag.__class__ is str else next(iter(tag.values()))
    if isinstance(value, dict):
        value = value.get("Fenced", "")
    return value if isinstance(value, str) else ""


def _org(text: str) -> Iterator[Region]:
    taken = []
    for match in _ORG_BLOCK.finditer(text):
        sort = (match[1] or "").lower()
        kind: RegionKind = "drawer" if match[2] else "quote" if sort in ("quote", "verse", "center") else "code"
        taken.append(Span(*match.span()))
        yield Region(kind, taken[-1], sort)
    cover = Cover(taken)
    for match in _ORG_ITEM.finditer(text):
        if not cover.holds(match.start()):
            yield Region("item", Span(*match.span()))
    for match in _ORG_CODE.finditer(text):
        yield Region("inline code", Span(*match.span()))
    for match in _ORG_FOOTNOTE.finditer(text):
        if not cover.holds(match.start()):
            yield Region("footnote" if match[1] else "footnote reference", Span(*match.span()), match[1] or match[2])
    yield from _plain(text)


def _plain(text: str) -> Iterator[Region]:
    for match in _PARAGRAPH.finditer(text):
        yield Region("paragraph", Span(*match.span()))
