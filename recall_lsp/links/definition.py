"""Where a subject stands."""

from __future__ import annotations

from recall_lsp.links.notebook import Notebook, Page, place_of
from recall_lsp.links.references import references
from recall_lsp.links.subject import Subject
from recall_lsp.notes.model import Link, Span


def definitions(notebook: Notebook, subject: Subject) -> list[tuple[Page, Span]]:
    """The place that a subject names: none for one that is said where it stands, or nowhere.

    A tag leads to the note of its name, as Logseq has it; without one, to all places of the tag.
    """
    if subject.kind == "footnote":
        found = references(notebook, subject)
        return [(one.page, one.span) for one in found if one.declares]
    if subject.kind == "tag":
        page = _of_tag(notebook, subject.name)
        return [(page, Span(0, 0))] if page else [(one.page, one.span) for one in references(notebook, subject)]
    if subject.kind == "missing" or (subject.link is None and subject.kind == "note"):
        return []
    page = notebook.page(subject.path)
    if page is None:
        return []
    # A link leads to its heading also from the words that name the note: it is followed as one.
    place = place_of(page, subject.link) if subject.link else subject
    if place.heading is not None:
        return [(page, place.heading.span)]
    # An org id above all headings stands for the file.
    within = place.block is not None and page.note.dialect != "org"
    return [(page, place.block.span if within and place.block else Span(0, 0))]


def holders(notebook: Notebook, subject: Subject) -> list[tuple[Page, Span]]:
    """The note, from its beginning, that holds the heading or block a link means.

    Of a tag the note of its name, or of the nearest tag above it that has one.
    """
    if subject.kind == "tag":
        names = subject.name.split("/")
        above = (_of_tag(notebook, "/".join(names[:count])) for count in range(len(names), 0, -1))
        return [(page, Span(0, 0)) for page in above if page][:1]
    page = notebook.page(subject.path) if subject.link is not None and subject.path else None
    return [(page, Span(0, 0))] if page else []


def _of_tag(notebook: Notebook, name: str) -> Page | None:
    """The note that is called as a tag is."""
    path = notebook.resolve(Link(name, "", name, "wiki", Span(0, 0), 0), "")
    return notebook.page(path) if path else None
