"""What leads to a subject: links, tags, footnotes, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recall_lsp.links.notebook import Notebook, Page, full_note, place_of, read
from recall_lsp.links.subject import Subject, footnote_label
from recall_lsp.notes.model import Heading, Link, Note, Span
from recall_lsp.notes.regions import of_kind, regions
from recall_lsp.notes.resolve import link_keys
from recall_lsp.notes.sentences import sentences
from recall_lsp.notes.tag_sites import tag_sites


@dataclass(frozen=True, slots=True)
class Reference:
    """`page` holds it at `span`; `declares` if it is what is referred to rather than a reference."""

    page: Page
    span: Span
    link: Link | None = None
    declares: bool = False


def references(notebook: Notebook, subject: Subject) -> list[Reference]:
    """All references to a subject in all notes, by path and place."""
    if subject.kind == "tag":
        return list(_tags(notebook, subject.name))
    if subject.kind == "footnote":
        return list(_footnotes(notebook, subject))
    if subject.kind == "missing":
        return list(_missing(notebook, subject))
    return [*_declaration(notebook, subject), *_links(notebook, subject)]


def references_within(notebook: Notebook, page: Page, subject: Subject) -> list[Reference]:
    """Those that stand in one note."""
    if subject.kind == "tag":
        return _tags_in(page, subject.name)
    if subject.kind in ("footnote", "missing"):
        return [one for one in references(notebook, subject) if one.page.path == page.path]
    declared = [one for one in _declaration(notebook, subject) if one.page.path == page.path and one.span.end]
    target = page if page.path == subject.path else notebook.page(subject.path)
    return declared if target is None else [*declared, *_links_in(notebook, page, subject, target)]


def sentence_around(page: Page, span: Span) -> str:
    """The sentence that holds a place, on one line; a long one is cut around it."""
    start = page.text.rfind("\n", 0, span.start) + 1
    end = page.text.find("\n", span.end)
    line = page.text[start : end if end >= 0 else len(page.text)]
    for first, last in sentences(line):
        if first <= span.start - start < last:
            last = max(last, min(span.end - start, len(line)))
            return _cut(line[first:last], span.start - start - first)
    return _cut(line, span.start - start)


def is_title(page: Page, heading: Heading) -> bool:
    """Whether a heading is what gives the note its title: a link to the note is one to it."""
    first = page.note.headings[0] if page.note.headings else None
    return heading.level == 1 and first is not None and first.span == heading.span and page.note.title == heading.text


def _cut(text: str, at: int, most: int = 300) -> str:
    start = max(0, at - most // 2) if len(text) > most else 0
    return " ".join(text[start : start + most].split())


def _declaration(notebook: Notebook, subject: Subject) -> Iterator[Reference]:
    page = notebook.page(subject.path)
    if page is None:
        return
    if subject.heading is not None:
        yield Reference(page, subject.heading.span, declares=True)
    elif subject.block is not None:
        yield Reference(page, subject.block.span, declares=True)
    else:
        yield Reference(page, Span(0, 0), declares=True)


def _links(notebook: Notebook, subject: Subject) -> Iterator[Reference]:
    target = notebook.page(subject.path)
    for source in notebook.backlinks(subject.path) if target else ():
        page = target if source == subject.path else notebook.page(source)
        if page is not None and target is not None:
            yield from _links_in(notebook, page, subject, target)


def _links_in(notebook: Notebook, page: Page, subject: Subject, target: Page) -> Iterator[Reference]:
    for link in links_to(notebook, page, subject.path):
        within_note = page.path == subject.path and not link.target and link.kind != "block"
        if _means(target, link, subject) and not (subject.kind == "note" and within_note):
            yield Reference(page, link.span, link)


def links_to(notebook: Notebook, page: Page, path: str) -> Iterator[Link]:
    """The links of a page that lead to the note at `path`."""
    names = frozenset(notebook.names(path))
    for link in page.note.links:
        # Most links of a long note lead elsewhere: they need not be resolved to know it.
        if not names.isdisjoint(link_keys(link, page.path)) and notebook.resolve(link, page.path) == path:
            yield link


def _means(target: Page, link: Link, subject: Subject) -> bool:
    if subject.kind == "note":
        return True
    place = place_of(target, link)
    if subject.block is not None:
        return place.block is not None and place.block.id == subject.block.id
    if place.heading is None:
        return subject.heading is not None and not link.fragment and is_title(target, subject.heading)
    return subject.heading is not None and place.heading.span == subject.heading.span


def linking_into(notebook: Notebook, paths: Sequence[str]) -> set[str]:
    """The notes that link to files or into folders of these paths, those themselves left out."""

    def inside(path: str) -> bool:
        return any(path == gone or path.startswith(gone + "/") for gone in paths)

    found: set[str] = set()
    for path in filter(inside, {*notebook.vault.ids, *notebook.buffers}):
        for source in notebook.backlinks(path):
            page = None if source in found or inside(source) else notebook.page(source)
            if page is not None and any(links_to(notebook, page, path)):
                found.add(source)
    return found


def tagged(notebook: Notebook, name: str) -> list[str]:
    """The notes with a tag or one nested in it."""
    tagged = notebook.vault.tally.tagged
    paths = {path for tag, found in tagged.items() if within(tag, name) for path in found}
    for path, text in notebook.buffers.items():
        (paths.add if any(within(tag, name) for tag in read(path, text).tags) else paths.discard)(path)
    return sorted(paths)


def full_tags(note: Note, typed: str) -> list[str]:
    """The tags of a note but the one that is being typed."""
    return [tag for tag in note.tags if tag != typed]


def within(tag: str, name: str) -> bool:
    """Whether a tag is `name` or nested in it (`a/b` in `a`)."""
    tag, name = tag.casefold(), name.casefold()
    return tag == name or tag.startswith(name + "/")


def _tags(notebook: Notebook, name: str) -> Iterator[Reference]:
    for path in tagged(notebook, name):
        page = notebook.page(path)
        if page is not None:
            yield from _tags_in(page, name)


def _tags_in(page: Page, name: str) -> list[Reference]:
    sites = tag_sites(full_note(page), page.text)
    return [Reference(page, site.span) for site in sites if within(site.name, name)]


def _footnotes(notebook: Notebook, subject: Subject) -> Iterator[Reference]:
    page = notebook.page(subject.path)
    if page is None:
        return
    for region in of_kind(regions(page.note.dialect, page.text), "footnote", "footnote reference"):
        if region.name == subject.name:
            span = footnote_label(page.text, region.span, region.name)
            yield Reference(page, span, declares=region.kind == "footnote")


def _missing(notebook: Notebook, subject: Subject) -> Iterator[Reference]:
    """Other links to the same note that is not there."""
    from recall_lsp.notes.resolve import link_keys

    assert subject.link is not None
    keys = link_keys(subject.link, "")
    for source in sorted(notebook.overlay.mentioning(keys)):
        page = notebook.page(source)
        for link in page.note.links if page else ():
            if notebook.resolve(link, source) is None and set(link_keys(link, "")) & set(keys):
                assert page is not None
                yield Reference(page, link.span, link)
