"""Renaming what is under the cursor: a note with its file, a heading, a block, a tag, a footnote."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from recall_lsp.links.edits import Edit, Plan, RefusedError, gathered
from recall_lsp.links.move import move, renamed
from recall_lsp.links.notebook import Notebook, Page, read
from recall_lsp.links.references import is_title, references
from recall_lsp.links.relink import Relinking
from recall_lsp.links.spelling import page_name
from recall_lsp.links.subject import Subject, heading_text
from recall_lsp.notes.anchor import find_heading
from recall_lsp.notes.link_site import link_site, written_fragment, written_target
from recall_lsp.notes.model import Heading, Span
from recall_lsp.notes.resolve import without_extension

_NO_FILE_NAME = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_NO_TAG = re.compile(r"[\s,;#\[\](){}\"'`]")
_BLOCK_NAME = re.compile(r"[A-Za-z0-9-]+")


def placeholder(notebook: Notebook, page: Page, subject: Subject) -> tuple[Span, str] | None:
    """What the editor marks and offers for change; None where there is nothing to rename."""
    match subject.kind:
        case "note" if subject.link is not None:
            return subject.span, note_name(notebook, subject.path)
        case "heading" if subject.heading is not None:
            return subject.span, subject.heading.text
        case "block" if subject.block is not None and _can_rename_block(notebook, subject):
            return subject.span, subject.block.id
        case "tag" | "footnote" | "missing":
            return subject.span, subject.name
    return None


def rename(notebook: Notebook, subject: Subject, name: str) -> Plan:
    """The plan that gives a subject another name.  Raises RefusedError."""
    name = " ".join(name.split())
    if not name:
        raise RefusedError("A name cannot be empty.")
    match subject.kind:
        case "note" if subject.link is not None:
            return rename_note(notebook, subject.path, name)
        case "heading" if subject.heading is not None:
            return Plan(gathered(_heading(notebook, subject, subject.heading, name)))
        case "block":
            return Plan(gathered(_block(notebook, subject, name)))
        case "tag":
            return Plan(gathered(_tag(notebook, subject.name, name)))
        case "footnote":
            if re.search(r"[\s\[\]^]", name):
                raise RefusedError("A footnote's label holds no spaces, brackets or ^.")
            return Plan(gathered((one.page.path, Edit(one.span, name)) for one in references(notebook, subject)))
        case "missing":
            return Plan(gathered(_missing(notebook, subject, name)))
    raise RefusedError("There is nothing to rename here: put the cursor on a link, heading, tag or block id.")


def note_name(notebook: Notebook, path: str) -> str:
    """The name by which a note's file is renamed."""
    page = notebook.page(path)
    return page_name(path) if page and page.note.dialect == "logseq" else without_extension(path.rpartition("/")[2])


def rename_note(notebook: Notebook, path: str, name: str) -> Plan:
    """A note's file to another name in its folder; a name with `/` is a path from the vault's root."""
    page = notebook.page(path)
    if page is None:
        raise RefusedError("The note is not there any more.")
    extension = path[len(without_extension(path)) :]
    name = name[: -len(extension)] if extension and name.lower().endswith(extension.lower()) else name
    logseq = page.note.dialect == "logseq"
    file = name.replace("/", "___") if logseq else name
    new = posixpath.normpath(file if "/" in file else posixpath.join(posixpath.dirname(path), file)) + extension
    if new.startswith(("..", "/")) or _NO_FILE_NAME.search(new) or not name.strip("./ "):
        raise RefusedError(f"No file can be called {name!r}.")
    if new != path and (notebook.exists(new) or _taken(notebook, new, path)):
        raise RefusedError(f"There is a file at {new} already.")
    words, text = _own_heading(notebook, page, without_extension(new.rpartition("/")[2]))
    plan = move(notebook, [(path, new)], {path: text})
    plan = replace(plan, edits=gathered([*_flat(plan), *words]))
    if not logseq:
        return plan
    tags = [(where, edit) for where, edit in _tag(notebook, page_name(path), name, {"logseq"}) if where != path]
    return replace(plan, edits=gathered([*_flat(plan), *tags]))


def _flat(plan: Plan) -> Iterator[tuple[str, Edit]]:
    return ((path, edit) for path, found in plan.edits.items() for edit in found)


def _own_heading(notebook: Notebook, page: Page, name: str) -> tuple[list[tuple[str, Edit]], str]:
    """A heading that gives the note its title, and is the name of its file, follows that: edits, and the new text."""
    first = page.note.headings[0] if page.note.headings else None
    stem = without_extension(page.path.rpartition("/")[2])
    if first is None or first.text != stem or page.note.dialect != "markdown" or not is_title(page, first):
        return [], page.text
    subject = Subject("heading", page.path, first.span, heading=first)
    try:
        changed, edits = _new_words(notebook, page, subject, first, name)
    except RefusedError:
        return [], page.text
    return (edits, changed) if read(page.path, changed).title == name else ([], page.text)


def _taken(notebook: Notebook, new: str, old: str) -> bool:
    """Whether another file stands there; on some systems a name is the same in small and capital letters."""
    file = notebook.vault.root / new
    try:
        return file.exists() and not file.samefile(notebook.vault.root / old)
    except OSError:
        return False


def _heading(notebook: Notebook, subject: Subject, heading: Heading, name: str) -> Iterator[tuple[str, Edit]]:
    page = notebook.page(subject.path)
    if page is None:
        return
    text, edits = _new_words(notebook, page, subject, heading, name)
    yield from edits
    changed = read(page.path, text)
    if is_title(page, heading) and changed.title != page.note.title:
        yield from Relinking(notebook, {page.path: renamed(changed, page.path)}).edits()


def _new_words(
    notebook: Notebook, page: Page, subject: Subject, heading: Heading, name: str
) -> tuple[str, list[tuple[str, Edit]]]:
    """The page's text with other words in a heading; the edits of that and of the links to the heading."""
    words = heading_text(page, heading)
    text = page.text[: words.start] + name + page.text[words.end :]
    changed = read(page.path, text)
    at = next((n for n, one in enumerate(page.note.headings) if one.span == heading.span), None)
    if at is None or len(changed.headings) != len(page.note.headings):
        raise RefusedError(f"{name!r} cannot be the words of a heading.")
    edits = [(page.path, Edit(words, name))]
    new = changed.headings[at].text
    numbered = f"{new}-{sum(one.text == new for one in changed.headings[:at])}"
    for one in references(notebook, replace(subject, kind="heading", block=None)):
        site = link_site(one.page.text, one.link) if one.link and one.link.fragment else None
        if site is None or site.fragment.start == site.fragment.end or site.link.target.startswith("id:"):
            continue
        if find_heading(page.note.headings, site.link.fragment) != at:
            continue  # it leads here by an id
        good = new if find_heading(changed.headings, new) == at else numbered
        edits.append((one.page.path, Edit(site.fragment, written_fragment(one.page.text, site, good))))
    return text, edits


def _can_rename_block(notebook: Notebook, subject: Subject) -> bool:
    """Ids that programs make (Logseq's, org's, Dendron's) stay as they are."""
    page = notebook.page(subject.path)
    at = subject.block.span.start if subject.block else 0
    return page is not None and page.text[at : at + 1] == "^"


def _block(notebook: Notebook, subject: Subject, name: str) -> Iterator[tuple[str, Edit]]:
    name = name.removeprefix("^")
    page = notebook.page(subject.path)
    if subject.block is None or page is None or not _can_rename_block(notebook, subject):
        raise RefusedError("This id was made by a program and is not renamed.")
    if not _BLOCK_NAME.fullmatch(name):
        raise RefusedError("A block's id holds letters, digits and - only.")
    if any(block.id.casefold() == name.casefold() != subject.block.id.casefold() for block in page.note.blocks):
        raise RefusedError(f"The note has a block ^{name} already.")
    start = subject.block.span.start + 1
    yield page.path, Edit(Span(start, start + len(subject.block.id)), name)
    for one in references(notebook, subject):
        site = link_site(one.page.text, one.link) if one.link else None
        if site is not None:
            yield one.page.path, Edit(Span(site.fragment.start, site.fragment.end), f"^{name}")


def _tag(notebook: Notebook, old: str, new: str, dialects: set[str] | None = None) -> Iterator[tuple[str, Edit]]:
    """A tag and the tags nested in it, in all notes, or in those of some dialects."""
    new = new.removeprefix("#")
    spaced = _NO_TAG.search(new) is not None
    if (spaced and dialects is None) or not new.strip("/"):
        raise RefusedError("A tag holds no spaces, commas, quotes or brackets.")
    for one in references(notebook, Subject("tag", "", Span(0, 0), old)):
        if dialects is not None and one.page.note.dialect not in dialects:
            continue
        span = one.span
        said = one.page.text[span.start : span.end]
        hashed = one.page.text[span.start - 1 : span.start] == "#"
        name = new + said[len(old) :]
        yield one.page.path, Edit(span, f"[[{name}]]" if spaced and hashed else name)


def _missing(notebook: Notebook, subject: Subject, name: str) -> Iterator[tuple[str, Edit]]:
    for one in references(notebook, subject):
        site = link_site(one.page.text, one.link) if one.link else None
        if site is not None:
            yield one.page.path, Edit(site.target, written_target(one.page.text, site, name))
