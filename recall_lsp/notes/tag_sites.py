"""Where in a text its tags stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from recall_lsp.notes import front_matter
from recall_lsp.notes.inline import tags
from recall_lsp.notes.model import Note, Span
from recall_lsp.notes.regions import Cover, code_cover

_KEY = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:(.*(?:\n(?![A-Za-z_][\w-]*[ \t]*:).*)*)", re.M)
_TAG_KEYS = frozenset({"tags", "tag", "categories", "category", "keywords"})
_PAGE_TAGS = re.compile(r"(?im)^[ \t]*(?:tags|tag|category|categories)::([^\r\n]*)")
_LINK_TAG = re.compile(r"#\[\[([^\[\]\n]+)\]\]")
_ORG_HEADING = re.compile(r"(?m)^\*+[ \t][^\n]*?[ \t](:[\w@#%:]+:)[ \t]*$")
_ORG_KEYWORD = re.compile(r"(?im)^[ \t]*#\+(?:filetags|roam_tags|tags|tags\[\]):([^\n]*)")
_ORG_NAME = re.compile(r"[\w@#%-]+")


@dataclass(frozen=True, slots=True)
class TagSite:
    """`span` is the name's, without `#` or what else frames it."""

    name: str
    span: Span


def tag_sites(note: Note, text: str) -> list[TagSite]:
    """Every place of a tag of the note in its text, in order.  A tag in front matter is one too."""
    names = {tag.casefold(): tag for tag in note.tags}
    if not names:
        return []
    found = {site.span: site for site in _candidates(note, text) if site.name.casefold() in names}
    return sorted(found.values(), key=lambda site: site.span.start)


def _candidates(note: Note, text: str) -> Iterator[TagSite]:
    if note.dialect == "org":
        yield from _org(text)
        return
    source, body = front_matter.split(text) if note.dialect == "markdown" else ("", 0)
    if source:
        yield from _front_matter(text, source, note.tags)
    if note.dialect == "logseq":
        for match in _PAGE_TAGS.finditer(text):
            yield from _listed(match[1], match.start(1), note.tags)
        for match in _LINK_TAG.finditer(text):
            yield TagSite(match[1], Span(*match.span(1)))
    code, links = code_cover(note.dialect, text), Cover([link.span for link in note.links])
    for name, at in tags(text):
        if at >= body and not code.holds(at) and not links.holds(at):
            yield TagSite(name, Span(at + 1, at + 1 + len(name)))


def _front_matter(text: str, source: str, names: tuple[str, ...]) -> Iterator[TagSite]:
    begin = text.index(source)
    for match in _KEY.finditer(source):
        if match[1].lower() in _TAG_KEYS:
            yield from _listed(match[2], begin + match.start(2), names)


def _listed(value: str, start: int, names: tuple[str, ...]) -> Iterator[TagSite]:
    """Names among commas, spaces, quotes, brackets and dashes of a list."""
    for name in names:
        for match in re.finditer(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", value, re.I):
            yield TagSite(match[0], Span(start + match.start(), start + match.end()))


def _org(text: str) -> Iterator[TagSite]:
    for pattern in (_ORG_HEADING, _ORG_KEYWORD):
        for match in pattern.finditer(text):
            for name in _ORG_NAME.finditer(match[1]):
                yield TagSite(name[0], Span(match.start(1) + name.start(), match.start(1) + name.end()))
