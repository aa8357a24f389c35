"""Where a subject stands."""

from __future__ import annotations

from recall_lsp.links.notebook import Notebook, Page
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
        path = notebook.resolve(Link(subject.name, "", subject.name, "wiki", Span(0, 0), 0), "")
        page = notebook.page(path) if path else None
        return [(page, Span(0, 0))] if page else [(one.page, one.span) for one in references(notebook, subject)]
    if subject.kind == "missing" or (subject.link is None and subject.kind == "note"):
        return []
    page = notebook.page(subject.path)
    if page is None:
        return []
    if subject.heading is not None:
        return [(page, subject.heading.span)]
    # An org id above all headings stands for the file.
    within = subject.block is not None and page.note.dialect != "org"
    return [(page, subject.block.span if within and subject.block else Span(0, 0))]
