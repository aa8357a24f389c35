"""A table of contents between two comments, as Marksman and others keep it: <!-- toc --> ... <!-- tocstop -->."""

from __future__ import annotations

import re

from recall_lsp.links.edits import Edit
from recall_lsp.links.notebook import Page
from recall_lsp.notes.link_format import heading_slug
from recall_lsp.notes.model import Span

_TOC = re.compile(r"(<!--\s*toc(?:\s+start)?\s*-->[ \t]*\n)(.*?)(<!--\s*(?:tocstop|toc end|/toc)\s*-->)", re.S | re.I)


def toc_edit(page: Page) -> Edit | None:
    """The edit that brings the table up to date; None without one, or where it is."""
    match = _TOC.search(page.text)
    if match is None or page.note.dialect == "org":
        return None
    new = f"\n{contents(page, match.end())}\n"
    return Edit(Span(*match.span(2)), new) if match[2] != new else None


def contents(page: Page, after: int = 0) -> str:
    """The headings after an offset as a list of links, indented by their level."""
    headings = [heading for heading in page.note.headings if heading.span.start >= after and heading.text]
    top = min((heading.level for heading in headings), default=1)
    counts: dict[str, int] = {}
    for heading in page.note.headings:
        if heading.span.start < after:
            counts[heading_slug(heading.text)] = counts.get(heading_slug(heading.text), 0) + 1
    lines = []
    for heading in headings:
        slug = heading_slug(heading.text)
        count = counts.get(slug, 0)
        counts[slug] = count + 1
        label = re.sub(r"([\[\]])", r"\\\1", heading.text)
        lines.append(f"{'  ' * (heading.level - top)}- [{label}](#{slug}{f'-{count}' if count else ''})\n")
    return "".join(lines)
