"""Markdown: CommonMark, GFM, and the links, tags and blocks of Obsidian, Foam, Dendron and Jekyll."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from typing import Any

import pyromark

from recall_lsp.notes import front_matter, link_parse
from recall_lsp.notes.draft import Draft, Fragment, fragment, line_at, line_starts, url_words
from recall_lsp.notes.inline import cleaned, is_noisy, tags, without_html
from recall_lsp.notes.model import Block, Heading, Link, LinkKind, Span
from recall_lsp.notes.offsets import code_points, same
from recall_lsp.notes.prose import EMPTY, Prose, from_pieces, place, stripped

_OPTIONS = (
    pyromark.Options.ENABLE_WIKILINKS
    | pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
)
_POST_URL = re.compile(r"\{% *post_url +([^\s%]+) *%\}")
_LIQUID = re.compile(r"\{%[^%\n]*%\}")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A line that its writer broke before this was meant to end there; longer ones are wrapped text.
_WRAPPED = re.compile(r"(?<=[^\n]{50})\n")
_HARD_BREAK = "\x1e"
_HREF = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]+)", re.I)
_INLINE = frozenset({"Emphasis", "Strong", "Strikethrough", "Superscript", "Subscript"})


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
    return draft


def scan(draft: Draft, text: str, body: int = 0, blank: Callable[[str], str] | None = None) -> None:
    """Read `text` from offset `body` on into the draft, after `blank` put spaces for what is no Markdown in it."""
    source = "\n" * body + text[body:] if body else text
    if "{%" in source:
        source = _POST_URL.sub(lambda tag: tag[1].center(len(tag[0])), source)
        source = _LIQUID.sub(_blank, source)
    if blank:
        source = blank(source)
    if not source.isascii():
        source = _SURROGATE.sub("\ufffd", source)
    _Scan(draft, source).run()


class _Scan:
    """The state of one pass over pyromark's events.  Places are bytes until `at` turns them into code points."""

    __slots__ = ("at", "code", "dendron", "draft", "links", "noisy", "pieces", "source", "starts", "words")

    def __init__(self, draft: Draft, source: str) -> None:
        self.draft = draft
        self.source = source
        self.starts = draft.starts
        self.noisy = is_noisy(source)
        self.at = same if source.isascii() else code_points(source)
        self.pieces: list[tuple[str, int]] = []
        self.words: list[str] = []
        self.code: list[tuple[int, int]] = []
        self.links: list[tuple[Mapping[str, Any], int]] = []
        # Dendron alone writes [[label|target]], and it gives each note an id.
        self.dendron = bool(draft.blocks)

    def run(self) -> None:
        """Text, by far the most frequent, is handled in line; blocks end what was gathered, inline marks nothing."""
        pieces = self.pieces
        events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(self.source, options=_OPTIONS)
        for event, span in events:
            if event.__class__ is str:
                event = {event: None}
            ((kind, value),) = event.items()
            if kind == "Text":
                pieces.append((value, span["start"]))
            elif kind == "Start" or kind == "End":
                if value.__class__ is str:
                    name, detail = value, None
                    if value in _INLINE:
                        continue
                else:
                    ((name, detail),) = value.items()
                handler = _TAGS.get(kind + name)
                if handler:
                    handler(self, detail, span["start"], span["end"])
                else:
                    self.flush()
            else:
                _LEAVES[kind](self, value, span["start"], span["end"])
        self.flush()
        self.draft.extra += self.words

    def take(self) -> Prose:
        """What was gathered since the last block began, in code points."""
        pieces, at = self.pieces, self.at
        if not pieces:
            return EMPTY
        text, anchors = from_pieces(pieces)
        pieces.clear()
        if at is not same:
            anchors = tuple([(offset, at(byte)) for offset, byte in anchors])
        if "\n" in text:
            text = _WRAPPED.sub(" ", text)
        return Prose(text.replace(_HARD_BREAK, "\n"), anchors)

    def flush(self) -> None:
        """End a block: what was gathered becomes a fragment of the section."""
        if self.pieces:
            self.add(self.take())

    def add(self, raw: Prose) -> None:
        extra = ""
        if self.noisy:
            prose, extra, blocks = cleaned(raw)
            for name, offset in blocks:
                self.block(name, place(raw, offset))
        else:
            prose = stripped(raw)
        if "#" in prose.text:
            self.draft.tags += [name for name, offset in tags(prose.text) if not self.in_code(place(prose, offset))]
        if self.words:
            extra = " ".join([extra, *self.words])
            self.words.clear()
        if prose.text or extra:
            start, end = bounds(prose if prose.text else raw)
            end = min(end, len(self.source))
            self.draft.sections[-1].fragments.append(fragment(prose, extra, start, end))

    def block(self, name: str, start: int) -> None:
        span = Span(start, start + len(name) + 1)
        self.draft.blocks.append(Block(name, span, line_at(self.starts, start)))

    def in_code(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self.code)

    def extra_block(self, words: str, start: int, end: int) -> None:
        """A block that is searched but not shown."""
        start, end = self.at(start), self.at(end)
        self.draft.sections[-1].fragments.append(Fragment(EMPTY, words, start, end, 0))


def bounds(prose: Prose) -> tuple[int, int]:
    """The file offsets between which the prose stands."""
    (_, start), (in_text, in_file) = prose.anchors[0], prose.anchors[-1]
    return start, in_file + len(prose.text) - in_text


def _soft_break(scan: _Scan, _: None, start: int, end: int) -> None:
    scan.pieces.append(("\n", start))


def _hard_break(scan: _Scan, _: None, start: int, end: int) -> None:
    scan.pieces.append((_HARD_BREAK, start))


def _rule(scan: _Scan, _: None, start: int, end: int) -> None:
    scan.flush()


def _code(scan: _Scan, text: str, start: int, end: int) -> None:
    raw = scan.source[scan.at(start) : scan.at(end)]
    if "#" in text:
        scan.code.append((scan.at(start), scan.at(end)))
    if (found := raw.find(text)) >= 0:
        scan.pieces.append((text, start + len(raw[:found].encode())))
        return
    # Wrapped over lines or with escapes within, the words stand further apart in the file.
    found = 0
    for word in text.replace("|", " ").split():
        found = max(raw.find(word, found), found)
        scan.pieces += [(word, start + len(raw[:found].encode())), (" ", start + len(raw[:found].encode()))]


def _inline_math(scan: _Scan, text: str, start: int, end: int) -> None:
    scan.pieces.append((text, start + 1))


def _display_math(scan: _Scan, text: str, start: int, end: int) -> None:
    scan.words.append(text)


def _inline_html(scan: _Scan, text: str, start: int, end: int) -> None:
    if text.startswith("<br"):
        scan.pieces.append((_HARD_BREAK, start))
    elif "href=" in text:
        _take_anchor(scan, text, start, end)


def _html(scan: _Scan, text: str, start: int, end: int) -> None:
    scan.pieces.append((text, start))
    if "href=" in text:
        _take_anchor(scan, text, start, end)


def _take_anchor(scan: _Scan, text: str, start: int, end: int) -> None:
    for match in _HREF.finditer(text):
        found = link_parse.markdown_place(unescape(match[1]), scan.draft.permalinks)
        if found:
            _add_link(scan, found, "", "markdown", start, end)
        else:
            scan.words.append(url_words(match[1]))


def _end_html(scan: _Scan, _: None, start: int, end: int) -> None:
    if scan.pieces:
        scan.add(without_html(scan.take()))


def _ignore(scan: _Scan, _: Any, start: int, end: int) -> None:
    pass


def _end_code_block(scan: _Scan, _: Any, start: int, end: int) -> None:
    code = "".join([text for text, _ in scan.pieces])
    scan.pieces.clear()
    scan.extra_block(code, start, end)


def _end_heading(scan: _Scan, level: str, start: int, end: int) -> None:
    prose, _, blocks = cleaned(scan.take())
    start, end = scan.at(start), scan.at(end)
    for name, offset in blocks:
        scan.block(name, start + offset)
    heading = Heading(prose.text, int(level[1]), Span(start, end), line_at(scan.starts, start))
    scan.draft.open_section(heading, prose)


def _end_cell(scan: _Scan, _: None, start: int, end: int) -> None:
    if scan.pieces:
        scan.pieces.append((" ", max(end - 1, start)))


def _start_link(scan: _Scan, link: Mapping[str, Any], start: int, end: int) -> None:
    scan.links.append((link, len(scan.pieces)))


def _end_link(scan: _Scan, _: None, start: int, end: int) -> None:
    link, mark = scan.links.pop()
    kind, destination, pieces = link["link_type"], link["dest_url"], scan.pieces
    if kind.__class__ is dict:
        _end_wiki(scan, link, mark, start, end, "wiki")
        return
    found = link_parse.markdown_place(destination, scan.draft.permalinks)
    if found is None:
        scan.words.append(url_words(destination))
        if kind in ("Autolink", "Email"):
            del pieces[mark:]
        return
    text = "".join([text for text, _ in pieces[mark:]])
    _add_link(scan, found, text, "markdown", start, end)


def _end_wiki(scan: _Scan, link: Mapping[str, Any], mark: int, start: int, end: int, kind: LinkKind) -> None:
    inner, pieces = link["dest_url"], scan.pieces
    label = "".join([text for text, _ in pieces[mark:]])
    if scan.dendron and link["link_type"]["WikiLink"]["has_pothole"]:
        inner, label = label, inner
        pieces[mark:] = [(label, start + (3 if kind == "embed" else 2))]
    found = link_parse.wiki_place(inner)
    if kind == "embed":
        del pieces[mark:]
        scan.words.append(label)
    if found is None:
        scan.words.append(url_words(inner))
        return
    _add_link(scan, found, label, kind, start, end)


def _end_image(scan: _Scan, _: None, start: int, end: int) -> None:
    link, mark = scan.links.pop()
    if link["link_type"].__class__ is dict:
        _end_wiki(scan, link, mark, start, end, "embed")
        return
    scan.words.append("".join([text for text, _ in scan.pieces[mark:]]))
    scan.words.append(url_words(link["dest_url"]))
    del scan.pieces[mark:]


def _add_link(scan: _Scan, found: link_parse.Place, text: str, kind: LinkKind, start: int, end: int) -> None:
    start, end = scan.at(start), scan.at(end)
    link = Link(found.target, found.fragment, text, kind, Span(start, end), line_at(scan.starts, start))
    scan.draft.links.append(link)


_TAGS: dict[str, Callable[[_Scan, Any, int, int], None]] = {
    "StartLink": _start_link,
    "EndLink": _end_link,
    "StartImage": _start_link,
    "EndImage": _end_image,
    "EndHeading": _end_heading,
    "StartTableCell": _ignore,
    "EndTableCell": _end_cell,
    "EndCodeBlock": _end_code_block,
    "EndHtmlBlock": _end_html,
}
_LEAVES: dict[str, Callable[[_Scan, Any, int, int], None]] = {
    "SoftBreak": _soft_break,
    "HardBreak": _hard_break,
    "Rule": _rule,
    "Code": _code,
    "InlineMath": _inline_math,
    "DisplayMath": _display_math,
    "InlineHtml": _inline_html,
    "Html": _html,
    "FootnoteReference": _ignore,
    "TaskListMarker": _ignore,
}


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
