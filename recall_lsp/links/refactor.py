"""Refactorings of what is selected: words into links, sections into notes, notes into place, tables of contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recall_lsp.config import Options
from recall_lsp.links.create import file_name, new_folder
from recall_lsp.links.edits import Edit, Plan, applied, ready
from recall_lsp.links.mentions import mentions
from recall_lsp.links.notebook import Notebook, Page, full_note, place_of
from recall_lsp.links.relink import rebased_links
from recall_lsp.links.toc import toc_edit
from recall_lsp.links.writing import link_text
from recall_lsp.notes import front_matter
from recall_lsp.notes.anchor import section_end
from recall_lsp.notes.model import Link, Span

_HEADING_SIGNS = re.compile(r"(?m)^(#{1,6})(?=\s)")
_STARS = re.compile(r"(?m)^(\*+)(?= )")


@dataclass(frozen=True, slots=True)
class Refactoring:
    """`kind` is LSP's name for its sort; `plan` makes its edits, which takes longer than to know that it can be done.

    `creates`: it needs a client that lets a new file be made.
    """

    kind: str
    title: str
    plan: Callable[[], Plan]
    creates: bool = False


def refactorings(
    notebook: Notebook, page: Page, options: Options, start: int, end: int, wanted: Callable[[str], bool]
) -> Iterator[Refactoring]:
    """Those of the `wanted` kinds that are possible at a selection, which may be empty."""
    if start < end and (wanted("refactor.rewrite") or wanted("refactor.extract")):
        yield from _words_to_link(notebook, page, options, start, end)
    if wanted("source"):
        yield from _link_mentions(notebook, page)
        yield from _contents(page)
    if wanted("refactor.extract"):
        yield from _extract(notebook, page, options, start)
    if wanted("refactor.inline"):
        yield from _inline(notebook, page, start)


def _contents(page: Page) -> Iterator[Refactoring]:
    made = toc_edit(page)
    if made is not None:
        yield Refactoring("source", "Update the table of contents", ready(Plan({page.path: (made,)})))


def _words_to_link(notebook: Notebook, page: Page, options: Options, start: int, end: int) -> Iterator[Refactoring]:
    """The selected words become a link to the note of that name, or to a new one."""
    words = page.text[start:end]
    if "\n" in words or "[" in words or not words.strip():
        return
    span = Span(start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip())))
    name = words.strip()
    near = [one for one in notebook.vault.suggest(name, 5, page.path) if one.heading is None]
    for one in [one for one in near if one.path != page.path][:2]:
        link = link_text(notebook, one.path, page.path, label=name)
        plan = Plan({page.path: (Edit(span, link),)})
        yield Refactoring("refactor.rewrite", f"Link to {one.title}", ready(plan))
    stem = file_name(name)
    if not stem:
        return
    folder = new_folder(options, page.path)
    path = (f"{folder}/" if folder else "") + stem + notebook.vault.tally.extension
    if not notebook.exists(path) and not (notebook.vault.root / path).exists():
        link = link_text(notebook, path, page.path, label=name, title=stem)
        text = f"#+title: {name}\n\n" if path.endswith(".org") else f"# {name}\n\n"
        new = Plan({page.path: (Edit(span, link),)}, created={path: text})
        yield Refactoring("refactor.extract", f"Link to a new note {path}", ready(new), creates=True)


def _link_mentions(notebook: Notebook, page: Page) -> Iterator[Refactoring]:
    found = mentions(notebook, page)
    if not found:
        return

    def plan() -> Plan:
        said = ((one, page.text[one.span.start : one.span.end]) for one in found)
        return Plan(
            {page.path: tuple(Edit(one.span, link_text(notebook, one.path, page.path, label=at)) for one, at in said)}
        )

    many = f"{len(found)} mention{'s' * (len(found) > 1)}"
    yield Refactoring("source", f"Link {many} of other notes", plan)


def _extract(notebook: Notebook, page: Page, options: Options, offset: int) -> Iterator[Refactoring]:
    """A section to a note of its own, with a link in its place; its headings move up."""
    headings = page.note.headings
    at = next((n for n, one in enumerate(headings) if one.span.start <= offset <= one.span.end), None)
    stem = "" if at is None else file_name(headings[at].text)
    if at is None or not stem or (at == 0 and headings[at].level == 1):
        return
    heading, end = headings[at], section_end(headings, at, len(page.text))
    folder = new_folder(options, page.path)
    path = (f"{folder}/" if folder else "") + stem + page.path[page.path.rfind(".") :]
    if notebook.exists(path) or (notebook.vault.root / path).exists():
        return

    def plan() -> Plan:
        section = Span(heading.span.start, end)
        link = link_text(notebook, path, page.path, label=heading.text, title=heading.text)
        tail = "\n\n" if end < len(page.text) else "\n"
        moved = _rebased(notebook, page, section, path)
        text = _lifted(moved, heading.level - 1, page.note.dialect == "org").rstrip() + "\n"
        return Plan({page.path: (Edit(section, link + tail),)}, created={path: text})

    yield Refactoring("refactor.extract", f"Extract the section to {path}", plan, creates=True)


def _rebased(notebook: Notebook, page: Page, span: Span, path: str) -> str:
    """The text of a span as it must read in the note at `path`: links by relative paths still lead where they led."""
    edits = [
        Edit(Span(edit.span.start - span.start, edit.span.end - span.start), edit.new)
        for edit in rebased_links(notebook, page, path)
        if span.start <= edit.span.start and edit.span.end <= span.end
    ]
    return applied(page.text[span.start : span.end], edits)


def _inline(notebook: Notebook, page: Page, offset: int) -> Iterator[Refactoring]:
    """The linked note, or the section or block that is linked, in place of the link that stands alone on its line."""
    link = next((one for one in page.note.links if one.span.start <= offset < one.span.end), None)
    path = notebook.resolve(link, page.path) if link else None
    target = notebook.page(path) if path and path != page.path else None
    if link is None or target is None:
        return
    before = page.text[page.text.rfind("\n", 0, link.span.start) + 1 : link.span.start]
    after = page.text[link.span.end : (page.text + "\n").find("\n", link.span.end)]
    if before.strip() or after.strip():
        return
    span = _linked_part(target, link)
    if target.text[span.start : span.end].strip():

        def plan() -> Plan:
            return Plan({page.path: (Edit(link.span, _rebased(notebook, target, span, page.path).strip()),)})

        yield Refactoring("refactor.inline", f"Put {target.note.title} here", plan)


def _linked_part(target: Page, link: Link) -> Span:
    """The section that a link means, else the note without its front matter."""
    place = place_of(target, link)
    if place.heading is None:
        return _body(target)
    at = next(n for n, one in enumerate(target.note.headings) if one.span == place.heading.span)
    return Span(place.heading.span.start, section_end(target.note.headings, at, len(target.text)))


def _body(page: Page) -> Span:
    note = full_note(page)
    start = front_matter.split(page.text)[1] if note.dialect == "markdown" else 0
    return Span(start, len(page.text))


def _lifted(text: str, levels: int, org: bool) -> str:
    """Headings so many levels up."""
    pattern = _STARS if org else _HEADING_SIGNS
    return pattern.sub(lambda signs: signs[1][min(levels, len(signs[1]) - 1) :], text) if levels > 0 else text
