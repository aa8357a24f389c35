"""What stands at a place of a note: a link, a heading, a block, a tag, a footnote, or the note itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recall_lsp.links.notebook import Notebook, Page, full_note, place_of
from recall_lsp.notes.link_site import LinkSite, link_site
from recall_lsp.notes.model import Block, Heading, Link, Span
from recall_lsp.notes.regions import of_kind, regions
from recall_lsp.notes.tag_sites import tag_sites

SubjectKind = Literal["note", "heading", "block", "tag", "footnote", "missing"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is meant, and where it was said.

    `path` is the note that holds it ("" for a tag), `name` a tag's name, a footnote's label or the target of a link
    that leads nowhere; `span` is what is marked in the note asked about; `link` is there if a link says it.
    """

    kind: SubjectKind
    path: str
    span: Span
    name: str = ""
    heading: Heading | None = None
    block: Block | None = None
    link: Link | None = None
    site: LinkSite | None = None


def subject_at(notebook: Notebook, page: Page, offset: int) -> Subject:
    """The subject at an offset, its end included; the note itself where nothing else stands."""
    for link in page.note.links:
        if link.span.start <= offset < link.span.end:
            return _of_link(notebook, page, link, offset)
    if footnote := footnote_at(page, offset):
        return footnote
    note = full_note(page)
    for tag in tag_sites(note, page.text):
        if tag.span.start - 1 <= offset <= tag.span.end:
            return Subject("tag", "", tag.span, tag.name)
    for block in note.blocks:
        if block.span.start <= offset <= block.span.end and block.span.end:
            return Subject("block", page.path, block.span, block.id, block=block)
    for heading in note.headings:
        if heading.span.start <= offset <= heading.span.end and "\n" not in page.text[heading.span.start : offset]:
            return Subject("heading", page.path, heading_text(page, heading), heading=heading)
    return Subject("note", page.path, Span(0, 0))


def footnote_at(page: Page, offset: int) -> Subject | None:
    for region in of_kind(regions(page.note.dialect, page.text), "footnote", "footnote reference"):
        label = footnote_label(page.text, region.span, region.name)
        if label.start - 2 <= offset <= label.end + 1:
            return Subject("footnote", page.path, label, region.name)
    return None


def footnote_label(text: str, span: Span, name: str) -> Span:
    """Where in a footnote or a reference to it the label stands."""
    start = text.find(name, span.start, span.end)
    return Span(start, start + len(name)) if start >= 0 else Span(span.start, span.start)


def heading_text(page: Page, heading: Heading) -> Span:
    """Where the words of a heading stand, without its signs."""
    start, end = heading.span.start, heading.span.end
    line = page.text[start:end].split("\n")[0].rstrip()
    bare = line.lstrip("#*" if page.note.dialect == "org" else "#")
    lead = len(line) - len(bare.lstrip())
    words = bare.strip()
    if page.note.dialect == "org":
        at = words.find(heading.text)  # between a keyword and tags
        first = start + lead + max(at, 0)
        return Span(first, first + len(heading.text if at >= 0 else words))
    return Span(start + lead, start + lead + len(words.rstrip("#").rstrip() if words.endswith(" #") else words))


def _of_link(notebook: Notebook, page: Page, link: Link, offset: int) -> Subject:
    site = link_site(page.text, link)
    path = notebook.resolve(link, page.path)
    span = link.span
    if path is None:
        return Subject("missing", "", site.target if site else span, link.target, link=link, site=site)
    target = notebook.page(path)
    if target is None:
        return Subject("missing", "", site.target if site else span, link.target, link=link, site=site)
    place = place_of(target, link)
    on_target = site is not None and site.target.start <= offset <= site.target.end and site.target != site.fragment
    if place.block is not None and not (on_target and link.fragment):
        return Subject(
            "block", path, site.fragment if site else span, place.block.id, place.heading, place.block, link, site
        )
    if place.heading is not None and not on_target:
        return Subject("heading", path, site.fragment if site else span, "", place.heading, None, link, site)
    return Subject("note", path, site.target if site else span, link=link, site=site)
