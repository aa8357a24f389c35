"""Hits and previews to cards and completion items.  Pure: today's date is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.markup import MARKDOWN, PLAIN, Markup, marked, one_line
from recall_lsp.recall.ago import ago
from recall_lsp.recall.band import band
from recall_lsp.recall.model import Hit
from recall_lsp.recall.why import reasons

if TYPE_CHECKING:
    from recall_lsp.index.preview import Preview

LONGEST_PREVIEW = 24
"""Lines of a note that a card shows."""


def markup_for(takes_markdown: bool) -> Markup:
    return MARKDOWN if takes_markdown else PLAIN


def content(text: str, markup: Markup) -> types.MarkupContent:
    kind = types.MarkupKind.Markdown if markup is MARKDOWN else types.MarkupKind.PlainText
    return types.MarkupContent(kind, text)


def dated(written: date | None, today: date) -> str:
    """As in "3 years ago, 2021-03-04"; "" without a date."""
    return "" if written is None else f"{ago(written, today)}, {written.isoformat()}"


def note_uri(root: Path, path: str, line: int = 0) -> str:
    """A `file:` URI, percent-encoded; clients go to the line of an `#L` fragment."""
    return (root / path).as_uri() + (f"#L{line + 1}" if line else "")


def hit_card(hit: Hit, root: Path, today: date, markup: Markup) -> str:
    """Title, date, heading path, the sentence that matters with its shared words marked, why, and the link.

    The link comes last, on a line of its own: Neovim breaks lines by their source, in which a link's target is long.
    """
    head = markup.strong(hit.title)
    facts = [dated(hit.written, today), "linked already" if hit.linked else ""]
    lines = [" · ".join(filter(None, [head, *facts]))]
    headings = [heading for heading in hit.headings if heading.casefold() != hit.title.casefold()]
    if headings:
        lines.append(" › ".join(map(markup.text, headings)))
    card = markup.line_break.join(lines) + f"\n\n{markup.quote}{marked(hit.sentence, hit.marks, markup)}"
    link = markup.link(hit.path, note_uri(root, hit.path, hit.line))
    return f"{card}\n\n{why(hit, markup)}{markup.line_break}{link}"


def why(hit: Hit, markup: Markup) -> str:
    """How sure it is, and the reasons."""
    return " · ".join(map(markup.text, (band(hit.score), *reasons(hit))))


def quotation(hit: Hit, link: str, source: str) -> str:
    """The sentence as a quotation with its source and date, to be inserted into the note at `source`."""
    sentence = one_line(hit.sentence)
    origin = "— " + ", ".join(filter(None, [link, hit.written.isoformat() if hit.written else ""]))
    if source.lower().endswith(".org"):
        return f"#+begin_quote\n{sentence}\n\n{origin}\n#+end_quote\n"
    return f"> {sentence}\n>\n> {origin}\n"


def related_card(hits: Sequence[Hit], root: Path, today: date, markup: Markup) -> str:
    rule = "\n\n---\n\n" if markup is MARKDOWN else "\n\n"
    return rule.join(hit_card(hit, root, today, markup) for hit in hits)


def related_page(hits: Sequence[Hit], root: Path, title: str, today: date) -> str:
    """All related passages as a document in Markdown, whose links lead to them."""
    markup = MARKDOWN
    parts = [f"# Related to {markup.text(title)}"]
    for hit in hits:
        headings = [heading for heading in hit.headings if heading.casefold() != hit.title.casefold()]
        facts = [dated(hit.written, today), " › ".join(map(markup.text, headings))]
        parts.append(f"## {markup.link(hit.title, note_uri(root, hit.path, hit.line))}")
        parts.append(" · ".join(filter(None, facts)))
        parts.append("\n".join(markup.quote + markup.text(line) for line in hit.passage.strip().split("\n")))
        parts.append(why(hit, markup))
    if not hits:
        parts.append("Nothing in your notes is near to this.")
    return "\n\n".join(filter(None, parts)) + "\n"


def preview_card(preview: Preview, root: Path, today: date, markup: Markup) -> str:
    """Title, date, number of backlinks, heading or block asked for, tags, first lines, and the link.

    The lines may be more than an editor's float shows, so that nothing stands below them but the link.
    """
    links = f"{preview.backlinks} backlink{'' if preview.backlinks == 1 else 's'}"
    facts = [markup.strong(preview.title), dated(preview.written, today), links]
    tags = " ".join(markup.text(f"#{tag}") for tag in preview.tags)
    head = markup.line_break.join(filter(None, [" · ".join(filter(None, facts)), markup.text(preview.heading), tags]))
    body = [markup.text(line) for line in preview.text.split("\n")[:LONGEST_PREVIEW]]
    quoted = markup.line_break.join(markup.quote + line for line in body).rstrip()
    link = markup.link(preview.path, note_uri(root, preview.path, preview.line))
    return "\n\n".join(filter(None, [head, quoted, link]))


def hidden_card(target: str, markup: Markup) -> str:
    return f"{markup.strong(target)} is not shown while you write here (a scope rule in the settings)."


def missing_card(target: str, markup: Markup) -> str:
    return f"No note is called {markup.strong(target)} yet."
