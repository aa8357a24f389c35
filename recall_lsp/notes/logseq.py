"""Logseq: Markdown outlines whose pages and blocks have properties (`key:: value`)."""

from __future__ import annotations

from recall_lsp.notes import markdown
from recall_lsp.notes.draft import Draft


def read(text: str) -> Draft:
    """A Logseq page."""
    draft = Draft("logseq")
    markdown.scan(draft, text)
    return draft
