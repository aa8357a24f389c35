"""Markdown: CommonMark, GFM, and the links, tags and blocks of Obsidian, Foam, Dendron and Jekyll."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyromark

from recall_lsp.notes import front_matter
from recall_lsp.notes.draft import Draft, Fragment, line_at, line_starts
from recall_lsp.notes.inline import without_html
from recall_lsp.notes.markdown_link import end_image, end_link, take_anchors
from recall_lsp.notes.markdown_scan import HARD_BREAK, Scan
from recall_lsp.notes.model import Block, Heading, Span
from recall_lsp.notes.offsets import code_points
from recall_lsp.notes.prose import EMPTY

OPTIONS = (
    pyromark.Options.ENABLE_WIKILINKS
    | pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
_LOGSEQ_ID = re.compile(r"(?m)(?<=[ \t])id:: ([0-9a-f]{8}-[0-9a-f-]{27})(?=[ \t\r]*$)")
_POST_URL = re.compile(r"\{% *post_url +([^\s%]+) *%\}")
_LIQUID = re.compile(r"\{%[^%\n]*%\}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Superscript", "Subscript", "TableCell"})


def read(text: str) -> Draft:
    """A Markdown file."""
    draft = Draft("markdown", line_starts(text))
    source, body = front_matter.split(text)
    if source:
        fields, problem = front_matter.parse(source)
        if problem:
            draft.problems.append(problem)
        front_matter.take(draft, fields)
    scan(draft, text, body)
    if "id:: " in text:
        draft.blocks += _logseq_ids(draft, text)
    return draft


def _logseq_ids(draft: Draft, text: str) -> Iterator[Block]:
    """The ids of blocks on pages of Logseq's first years, which begin with front matter."""
    for match in _LOGSEQ_ID.finditer(text):
        yield Block(match[1], Span(*match.span()), line_at(draft.starts, match.start()))


def scan(draft: Draft, text: str, body: int = 0, blank: Callable[[str], str] | None = None) -> None:
    """Read `text` from offset `body` on into the draft, after `blank` put spaces for what is no Markdown in it."""
    source = "\n" * body + text[body:] if body else text
    if "{%" in source:
        source = _POST_URL.sub(lambda tag: tag[1].center(len(tag[0])), source)
        source = _LIQUID.sub(_blank, source)
    if blank:
        source = blank(source)
    try:
        at = code_points(source)
    except UnicodeEncodeError:
        source = _SURROGATE.sub("\ufffd", source)
        at = code_points(source)
    _take_events(Scan(draft, source, at))


def _take_events(scan: Scan) -> None:
    """One pass over pyromark's events, the frequent ones first."""
    pieces, at = scan.pieces, scan.at
    events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(scan.source, options=OPTIONS)
    for event, span in events:
        if event.__class__ is str:
            _SIGNS[event](scan, at[span["start"]])
        elif "Text" in event:
            pieces.append((event["Text"], at[span["start"]]))
        elif "End" in event:
            tag = event["End"]
            name = tag if tag.__class__ is str else next(iter(tag))
            if name in _ENDS:
                _ENDS[name](scan, tag, at[span["start"]], at[span["end"]])
            elif pieces and name not in _INLINE:
                scan.end_block()
        elif "Start" in event:
            tag = event["Start"]
            if tag.__class__ is str:
                if pieces and tag not in _INLINE:
                    scan.end_block()
            elif link := tag.get("Link") or tag.get("Image"):
                scan.links.append((link, len(pieces)))
            elif pieces:
                scan.end_block()
        else:
            ((kind, text),) = event.items()
            _LEAVES[kind](scan, text, at[span["start"]], at[span["end"]])
    scan.end_block()
    scan.draft.extra += scan.words


def _soft_break(scan: Scan, start: int) -> None:
    scan.pieces.append(("\n", start))


def _hard_break(scan: Scan, start: int) -> None:
    scan.pieces.append((HARD_BREAK, start))


def _rule(scan: Scan, start: int) -> None:
    scan.end_block()


def _code(scan: Scan, text: str, start: int, end: int) -> None:
    raw = scan.source[start:end]
    if "#" in text:
        scan.untagged.append((start, end))
    if (found := raw.find(text)) >= 0:
        scan.pieces.append((text, start + found))
        return
    # Wrapped over lines or with escapes within, the words stand further apart in the file.
    after = 0
    for word in text.replace("|", " ").split():
        found = max(raw.find(word, after), after)
        after = found + len(word)
        scan.pieces += [(word, start + found), (" ", start + found)]


def _inline_math(scan: Scan, text: str, start: int, end: int) -> None:
    scan.pieces.append((text, start + 1))


def _display_math(scan: Scan, text: str, start: int, end: int) -> None:
    scan.words.append(text)


def _inline_html(scan: Scan, text: str, start: int, end: int) -> None:
    if text.startswith("<br"):
        scan.pieces.append((HARD_BREAK, start))
    elif "href=" in text:
        take_anchors(scan, text, start, end)


def _html(scan: Scan, text: str, start: int, end: int) -> None:
    scan.pieces.append((text, start))
    if "href=" in text:
        take_anchors(scan, text, start, end)


def _ignore(scan: Scan, text: str, start: int, end: int) -> None:
    pass


def _end_html(scan: Scan, _: Any, start: int, end: int) -> None:
    if scan.pieces:
        scan.add(without_html(scan.take()))


def _end_code_block(scan: Scan, _: Any, start: int, end: int) -> None:
    code = "".join([text for text, _ in scan.pieces])
    scan.pieces.clear()
    scan.draft.sections[-1].fragments.append(Fragment(EMPTY, code, start, end, 0))


def _end_heading(scan: Scan, tag: Mapping[str, str], start: int, end: int) -> None:
    prose, _ = scan.cleaned(scan.take())
    level = int(tag["Heading"][1])
    scan.draft.open_section(Heading(prose.text, level, Span(start, end), line_at(scan.draft.starts, start)), prose)


def _end_cell(scan: Scan, _: Any, start: int, end: int) -> None:
    if scan.pieces:
        scan.pieces.append((" ", end - 1))


_SIGNS: Mapping[str, Callable[[Scan, int], None]] = {
    "SoftBreak": _soft_break,
    "HardBreak": _hard_break,
    "Rule": _rule,
}
_LEAVES: Mapping[str, Callable[[Scan, str, int, int], None]] = {
    "Code": _code,
    "InlineMath": _inline_math,
    "DisplayMath": _display_math,
    "InlineHtml": _inline_html,
    "Html": _html,
    "FootnoteReference": _ignore,
    "TaskListMarker": _ignore,
}
_ENDS: Mapping[str, Callable[[Scan, Any, int, int], None]] = {
    "Link": end_link,
    "Image": end_image,
    "Heading": _end_heading,
    "TableCell": _end_cell,
    "CodeBlock": _end_code_block,
    "HtmlBlock": _end_html,
}


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
