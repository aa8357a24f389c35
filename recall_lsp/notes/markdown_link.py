"""Links, embeds and pictures in Markdown, and the links of the HTML within it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from recall_lsp.notes.draft import line_at, url_words
from recall_lsp.notes.link_parse import Place, markdown_place, wiki_place
from recall_lsp.notes.markdown_scan import Scan
from recall_lsp.notes.model import Link, LinkKind, Span

_HREF = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]+)", re.I)


def end_link(scan: Scan, _: Any, start: int, end: int) -> None:
    """A link closes: its text stays in the prose."""
    link, mark = scan.links.pop()
    _cover(scan, mark, start, end)
    kind, destination = link["link_type"], link["dest_url"]
    if kind.__class__ is dict:
        _end_wiki(scan, link, mark, start, end, "wiki")
        return
    found = None if kind == "Email" else markdown_place(destination, scan.draft.permalinks)
    if found:
        _add(scan, found, _label(scan, mark), "markdown", start, end)
        return
    scan.words.append(url_words(destination))
    if kind in ("Autolink", "Email"):
        del scan.pieces[mark:]


def end_image(scan: Scan, _: Any, start: int, end: int) -> None:
    """A picture or an embedded note closes: its text is searched, not shown."""
    link, mark = scan.links.pop()
    if link["link_type"].__class__ is dict:
        _end_wiki(scan, link, mark, start, end, "embed")
        return
    scan.words += [_label(scan, mark), url_words(link["dest_url"])]
    del scan.pieces[mark:]


def take_anchors(scan: Scan, html: str, start: int, end: int) -> None:
    """The links of `<a href>` tags."""
    for match in _HREF.finditer(html):
        found = markdown_place(unescape(match[1]), scan.draft.permalinks)
        if found:
            _add(scan, found, "", "markdown", start, end)
        else:
            scan.words.append(url_words(match[1]))


def _end_wiki(scan: Scan, link: Mapping[str, Any], mark: int, start: int, end: int, kind: LinkKind) -> None:
    inner, label = link["dest_url"], _label(scan, mark)
    if scan.dendron and link["link_type"]["WikiLink"]["has_pothole"]:
        inner, label = label, inner
        scan.pieces[mark:] = [(label, start + (3 if kind == "embed" else 2))]
    found = wiki_place(inner)
    if kind == "embed":
        del scan.pieces[mark:]
        scan.words.append(label)
    if found:
        _add(scan, found, label, kind, start, end)
    else:
        scan.words.append(url_words(inner))


def _cover(scan: Scan, mark: int, start: int, end: int) -> None:
    """What a link shows holds no tags: `[[#Heading]]`."""
    if any("#" in text for text, _ in scan.pieces[mark:]):
        while scan.untagged and scan.untagged[-1][0] >= start:
            scan.untagged.pop()
        scan.untagged.append((start, end))


def _label(scan: Scan, mark: int) -> str:
    pieces = scan.pieces
    if len(pieces) == mark + 1:
        return pieces[mark][0]
    return "".join([text for text, _ in pieces[mark:]])


def _add(scan: Scan, found: Place, text: str, kind: LinkKind, start: int, end: int) -> None:
    link = Link(found.target, found.fragment, text, kind, Span(start, end), line_at(scan.draft.starts, start))
    scan.draft.links.append(link)
