"""What can be done about a problem: each fix with its title and its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from recall_lsp.config import Options
from recall_lsp.links.check import Problem
from recall_lsp.links.create import new_note
from recall_lsp.links.edits import Edit, Plan
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.links.spelling import spellings
from recall_lsp.notes.link_site import LinkSite, link_site, rewritten, written_fragment, written_target
from recall_lsp.notes.model import Link
from recall_lsp.notes.resolve import link_keys

_NEAR = 3
_LEAST = 60.0


@dataclass(frozen=True, slots=True)
class Fix:
    title: str
    plan: Plan
    preferred: bool = False


def fixes(notebook: Notebook, page: Page, problem: Problem, options: Options) -> Iterator[Fix]:
    """The most probable first."""
    link = problem.link
    site = link_site(page.text, link) if link else None
    if link is None or site is None:
        return
    if problem.kind in ("broken link", "missing note") and link.kind != "block":
        yield from _near_notes(notebook, page, link, site)
        made = new_note(notebook, page, link, options)
        if made is not None:
            path, plan = made
            yield Fix(f"Create {path}", plan)
    elif problem.kind == "broken fragment":
        yield from _near_headings(notebook, page, link, site)
    elif problem.kind == "ambiguous link":
        for path in problem.candidates:
            target = spelled(notebook, page, link, site, path)
            if target is not None:
                yield _replacing(page, site, target, f"Link to {path}")


def spelled(notebook: Notebook, page: Page, link: Link, site: LinkSite, path: str) -> str | None:
    """The target that makes a link lead to the note at `path`, in the manner of the link."""
    for spelling in spellings(site.form, link.target, path, path, page.path, page.path):
        written = written_target(page.text, site, spelling)
        place = rewritten(link, site, written)
        if place is None or not place.target:
            continue
        keys = link_keys(Link(place.target, link.fragment, "", link.kind, link.span, 0), page.path)
        found = notebook.overlay.follow(keys, page.path)
        # The first name that is tried must be this note's alone.
        if found is not None and found[0] == path and len(notebook.overlay.owners(found[1])) == 1:
            return written
    return None


def _near_notes(notebook: Notebook, page: Page, link: Link, site: LinkSite) -> Iterator[Fix]:
    name = link.target.rpartition("/")[2].removesuffix(".md").removesuffix(".org")
    seen: set[str] = set()
    for one in notebook.vault.near(name, 4 * _NEAR, page.path):
        if one.heading is None and one.path != page.path and one.path not in seen and len(seen) < _NEAR:
            target = spelled(notebook, page, link, site, one.path)
            if target is not None:
                seen.add(one.path)
                yield _replacing(page, site, target, f"Change to {one.title}")


def _near_headings(notebook: Notebook, page: Page, link: Link, site: LinkSite) -> Iterator[Fix]:
    path = notebook.resolve(link, page.path)
    note = notebook.note(path) if path else None
    if note is None or site.fragment.start >= site.fragment.end:
        return
    names = [f"^{block.id}" for block in note.blocks] if link.fragment.startswith("^") else []
    names = names or [heading.text for heading in note.headings]
    wanted = link.fragment.replace("-", " ")
    near = process.extract(wanted, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=_NEAR)
    for name, score, _ in near:
        if score >= _LEAST:
            new = name if name.startswith("^") else written_fragment(page.text, site, name)
            yield Fix(f"Change to {name}", Plan({page.path: (Edit(site.fragment, new),)}))


def _replacing(page: Page, site: LinkSite, target: str, title: str) -> Fix:
    return Fix(title, Plan({page.path: (Edit(site.target, target),)}))
