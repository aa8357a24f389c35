"""What is wrong with the links of a note: told only where no other reading of the link is right."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from recall_lsp.links.notebook import Notebook, Page, known_fragment
from recall_lsp.notes.link_site import link_site
from recall_lsp.notes.model import Link, Span
from recall_lsp.notes.regions import code_cover
from recall_lsp.notes.resolve import NOTE_EXTENSIONS, link_keys

ProblemKind = Literal["broken link", "missing note", "broken fragment", "ambiguous link", "duplicate id"]

_ANCHOR = re.compile(r"(?:\bid|\bname)\s*=\s*[\"']([^\"']+)[\"']|\{#([^}\s]+)[^}]*\}", re.I)
_HOST = re.compile(r"(?:www\.)|(?:[\w-]+\.)+(?:com|org|net|io|dev|edu|gov|de|uk|fr|jp|app|ai|co|info|me)(?:/|$)", re.I)
_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{|%\w+%|://|\[\[|^[\d\s,.;-]+$|^[^/\s]+@[^/\s]+$|\*$")
"""Templates, patterns, addresses within other signs, mail addresses, and the numbers of matrices and of citations."""
_OFFSET = re.compile(r",\d+:?$")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,5}$")


@dataclass(frozen=True, slots=True)
class Problem:
    """`candidates`: the paths of the notes that an ambiguous link may mean."""

    kind: ProblemKind
    span: Span
    message: str
    link: Link | None = None
    candidates: tuple[str, ...] = ()


def problems(notebook: Notebook, page: Page) -> Iterator[Problem]:
    """The problems of a note's links and ids, by kind."""
    yield from problems_within(notebook, page, Span(0, len(page.text)))


def problems_within(notebook: Notebook, page: Page, place: Span) -> Iterator[Problem]:
    """Those that touch a place of the note."""
    for link in page.note.links:
        problem = _of_link(notebook, page, link) if _touch(link.span, place) else None
        if problem is not None:
            yield problem
    yield from (problem for problem in _duplicates(notebook, page) if _touch(problem.span, place))


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _of_link(notebook: Notebook, page: Page, link: Link) -> Problem | None:
    if not link.target and link.kind != "block":
        return _fragment(notebook, page, link, page.path)
    found = notebook.overlay.follow(link_keys(link, page.path), page.path)
    if found is None:
        return None if _in_code(page, link) else _missing(notebook, page, link)
    path, key = found
    owners = notebook.overlay.owners(key)
    if len(owners) > 1 and link.kind != "block":
        names = tuple(sorted(owners))
        message = f"{len(names)} notes are called so: {', '.join(names[:5])}. This link leads to {path}."
        return Problem("ambiguous link", link.span, message, link, names)
    return _fragment(notebook, page, link, path)


def _in_code(page: Page, link: Link) -> bool:
    """Whether a block is only spoken of: its key is looked for in a page's properties too, which may hold code."""
    return link.kind == "block" and code_cover(page.note.dialect, page.text).holds(link.span.start)


def _missing(notebook: Notebook, page: Page, link: Link) -> Problem | None:
    """A link to no note: broken if it says where its file should be, else one to a note not written yet."""
    if _elsewhere(notebook, page, link):
        return None
    file = page.text.startswith("[[file:", link.span.start)
    if link.kind in ("markdown", "block") or link.target.startswith("id:") or file:
        what = "block" if link.kind == "block" else "id" if link.target.startswith("id:") else "note"
        return Problem("broken link", link.span, f"There is no {what} {link.target.removeprefix('id:')!r}.", link)
    if page.note.dialect == "logseq" or notebook.logseq or page.path.startswith(("pages/", "journals/")):
        return None  # a Logseq page is there as soon as it is linked
    return Problem("missing note", link.span, f"No note is called {link.target!r} yet.", link)


def _elsewhere(notebook: Notebook, page: Page, link: Link) -> bool:
    """Whether a target that is no note may well be something else: a file, a folder, a page of a site, a template."""
    target = link.target.strip()
    if _TEMPLATE.search(target) or _HOST.match(target) or "\n" in target:
        return True
    is_note = target.lower().endswith(NOTE_EXTENSIONS)
    if link.kind == "markdown" and not is_note:
        # An address on a site, whose pages only the site's program knows, or a host's name.
        site = target.startswith("/") or target.endswith("/") or "." not in target
        if site or "." in target.partition("/")[0].lstrip("."):
            return True
    if not is_note and link.kind != "org" and _FILE.search(target) and "/" in target:
        return True
    root = notebook.vault.root
    bare = target.removeprefix("file:").lstrip("/")
    for place in (posixpath.join(posixpath.dirname(page.path), bare), bare):
        for name in dict.fromkeys((place, unquote(place))):
            within = posixpath.normpath(name)
            try:
                if within.startswith("..") or any((root / (within + end)).exists() for end in ("", ".md")):
                    return True
            except (OSError, ValueError):
                return True
    return False


def _fragment(notebook: Notebook, page: Page, link: Link, path: str) -> Problem | None:
    """A heading or block that is not there.  Anchors of the page's own HTML count too."""
    fragment = _OFFSET.sub("", link.fragment)  # Dendron's "a heading and so many lines on"
    if fragment.strip("^") in ("", "*") or _TEMPLATE.search(link.fragment):
        return None
    raw = page.text[link.span.start : link.span.end]
    note = notebook.note(path)
    if note is None or note.dialect == "plain" or ":#" in raw or link.fragment.startswith((":~:", "page=", "L")):
        return None
    target = Page(path, "", note)
    if known_fragment(target, link._replace(fragment=fragment)):
        return None
    site = link_site(page.text, link)
    if site is None or site.form == "href":
        return None
    text = page.text if path == page.path else getattr(notebook.page(path), "text", "")
    if any(_embedded_has(notebook, embed, path, link._replace(fragment=fragment)) for embed in note.links):
        return None
    wanted = fragment.casefold()
    if any(wanted in (match[1] or match[2]).casefold() for match in _ANCHOR.finditer(text)):
        return None
    if fragment.startswith("^") and re.search(re.escape(fragment) + r"[ \t]*$", text, re.M | re.I):
        return None
    what = f"block {link.fragment}" if link.fragment.startswith("^") else f"heading {link.fragment!r}"
    span = site.fragment if site.fragment.start < site.fragment.end else link.span
    return Problem("broken fragment", span, f"{notebook.title(path)!r} has no {what}.", link)


def _embedded_has(notebook: Notebook, embed: Link, path: str, link: Link) -> bool:
    """Whether what a link names stands in a note that its target shows within itself."""
    other = notebook.resolve(embed, path) if embed.kind == "embed" else None
    note = notebook.note(other) if other and other != path else None
    return other is not None and note is not None and known_fragment(Page(other, "", note), link)


def _duplicates(notebook: Notebook, page: Page) -> Iterator[Problem]:
    counts = Counter(block.id.casefold() for block in page.note.blocks)
    for block in page.note.blocks:
        if not block.span.end:
            continue
        if counts[block.id.casefold()] > 1:
            yield Problem("duplicate id", block.span, f"The id {block.id!r} stands in this note twice.")
        elif page.text[block.span.start] != "^":
            others = notebook.overlay.owners(f"id:{block.id.casefold()}") - {page.path}
            if others:
                yield Problem("duplicate id", block.span, f"The id {block.id!r} stands in {min(others)} too.")
