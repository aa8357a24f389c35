"""What may be written on at the cursor: the parts of links, tags, callouts, footnotes, paths, properties, days."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import quote, unquote

from recall_lsp.config import Options
from recall_lsp.links.blocks import unmarked
from recall_lsp.links.daily import daily_path, day_meant
from recall_lsp.links.edits import Edit
from recall_lsp.links.fields import property_names, tag_typed
from recall_lsp.links.notebook import Notebook, Page, full_note
from recall_lsp.links.references import full_tags
from recall_lsp.links.writing import link_text
from recall_lsp.notes.link_format import heading_slug
from recall_lsp.notes.model import Link, Span
from recall_lsp.notes.regions import code_cover, of_kind, regions

CompletionKind = Literal["heading", "block", "tag", "callout", "footnote", "path", "property", "day"]

_HEADING = re.compile(r"\[\[([^\[\]|#^]*)#([^\[\]|^#]*)$")
_BLOCK = re.compile(r"\[\[([^\[\]|#^]*)#?\^([^\[\]|]*)$")
_DAY = re.compile(r"\[\[([^\[\]|#^]+)$")
_TAG = re.compile(r"(?:^|(?<=[\s(,;]))#([\w/-]*)$")
_CALLOUT = re.compile(r"^[ \t]*(?:>[ \t]*)+\[!(\w*)$")
_FOOTNOTE = re.compile(r"\[\^([^\[\]^]*)$")
_SLUG = re.compile(r"\]\(<?([^()<>\s#]*)#([^()<>\s]*)$")
_PATH = re.compile(r"\]\((<?)([^()<>#]*)$")
_ORG_PATH = re.compile(r"\[\[file:([^\[\]:]*)$")
_PROPERTY = re.compile(r"^[ \t]*(?:- )?([a-z][\w-]*)$")
_REST = re.compile(r"[^\[\]|()<>\s]*(?=\]\])")
CALLOUTS = (
    "note abstract info todo tip success question warning failure danger bug example quote important caution".split()
)
PROPERTIES = "alias collapsed exclude-from-graph-view icon id public tags template title type".split()
MOST = 100


@dataclass(frozen=True, slots=True)
class BlockMark:
    """An id that a block of another note, whose last line is `line`, gets when it is chosen."""

    path: str
    line: str
    name: str


@dataclass(frozen=True, slots=True)
class Completion:
    """`new` goes in the place of `span`; `also` is done in the same note when the completion is accepted, `mark` in
    another."""

    kind: CompletionKind
    label: str
    new: str
    span: Span
    detail: str = ""
    also: tuple[Edit, ...] = ()
    mark: BlockMark | None = None


@dataclass(frozen=True, slots=True)
class Completions:
    """`more`: what is typed next may bring others; `beside`: notes and related ones are offered too."""

    items: tuple[Completion, ...]
    more: bool = False
    beside: bool = False


def completions(notebook: Notebook, page: Page, offset: int, options: Options, today: date) -> Completions | None:
    """What can be completed at an offset; None where nothing of this sort is being written."""
    begin = page.text.rfind("\n", 0, offset) + 1
    head, tail = page.text[begin:offset], page.text[offset:].partition("\n")[0]
    if (tag := tag_typed(page, offset)) is not None:
        at = _At(notebook, page, begin, offset, tail, options, today)
        return Completions(tuple(_tags_like(at, page.text[tag.start : tag.end], tag)), more=True)
    for pattern, source in _SOURCES:
        match = pattern.search(head)
        if match is not None:
            at = _At(notebook, page, begin, offset, tail, options, today)
            found = source(at, match)
            if found is not None:
                return found
    return None


@dataclass(frozen=True, slots=True)
class _At:
    notebook: Notebook
    page: Page
    begin: int
    offset: int
    tail: str
    options: Options
    today: date

    def span(self, match: re.Match[str], group: int) -> Span:
        """From the beginning of what was typed to the cursor, and on to a `]]` that closes it."""
        rest = _REST.match(self.tail)
        return Span(self.begin + match.start(group), self.offset + (rest.end() if rest else 0))

    def target(self, name: str) -> Page | None:
        """The note that a link by this name is to."""
        if not name.strip():
            return self.page
        path = self.notebook.resolve(Link(name.strip(), "", "", "wiki", Span(0, 0), 0), self.page.path)
        return self.notebook.page(path) if path else None


def _headings(at: _At, match: re.Match[str]) -> Completions | None:
    target = at.target(match[1])
    if target is None:
        return None
    span, close = at.span(match, 2), "" if at.tail.lstrip().startswith("]]") or _REST.match(at.tail) else "]]"
    names = {" ".join(re.sub(r"[\[\]|#^]|%%", " ", one.text).split()): one.level for one in target.note.headings}
    items = [Completion("heading", name, name + close, span, "#" * level) for name, level in names.items() if name]
    return Completions(tuple(items))


def _slugs(at: _At, match: re.Match[str]) -> Completions | None:
    link = Link(unquote(match[1]), "", "", "markdown", Span(0, 0), 0)
    path = at.notebook.resolve(link, at.page.path) if match[1] else at.page.path
    target = at.notebook.page(path) if path else None
    if target is None:
        return None
    counts: Counter[str] = Counter()
    items = []
    span = Span(at.begin + match.start(2), at.offset)
    for heading in target.note.headings:
        slug = heading_slug(heading.text)
        again = f"-{counts[slug]}" if counts[slug] else ""
        counts[slug] += 1
        items.append(Completion("heading", heading.text, quote(slug) + again, span, "#" * heading.level))
    return Completions(tuple(items))


def _blocks(at: _At, match: re.Match[str]) -> Completions | None:
    """Blocks with an id; paragraphs and list items too, which get theirs when they are chosen."""
    target = at.target(match[1])
    if target is None:
        return None
    span, close = at.span(match, 2), "" if _REST.match(at.tail) or at.tail.startswith("]]") else "]]"
    items = []
    for block in target.note.blocks:
        if target.text[block.span.start : block.span.start + 1] == "^":
            line = target.text[target.text.rfind("\n", 0, block.span.start) + 1 : block.span.start].strip()
            items.append(Completion("block", block.id, block.id + close, span, _short(line)))
    if target.note.dialect == "markdown":
        items += _unmarked(at, target, span, close)
    return Completions(tuple(items[:MOST]))


def _unmarked(at: _At, target: Page, span: Span, close: str) -> Iterator[Completion]:
    here = target.path == at.page.path
    for one in unmarked(target):
        if not here:
            mark = BlockMark(target.path, one.line, one.name)
            yield Completion("block", _short(one.words), one.name + close, span, "new id", mark=mark)
        elif not one.span.start <= at.offset <= one.span.end:
            yield Completion("block", _short(one.words), one.name + close, span, "new id", (one.edit,))


def _tags(at: _At, match: re.Match[str]) -> Completions | None:
    if at.page.note.dialect == "org" or code_cover(at.page.note.dialect, at.page.text).holds(at.offset - 1):
        return None
    span = Span(at.begin + match.start(1), at.offset)
    return Completions(tuple(_tags_like(at, match[1], span)), more=True)


def _tags_like(at: _At, typed: str, span: Span) -> Iterator[Completion]:
    """Tags that hold what was typed: those that begin with it first, of them those of most notes."""
    tagged, wanted = at.notebook.vault.tally.tagged, typed.casefold()
    names = dict.fromkeys([*full_tags(full_note(at.page), typed), *tagged])
    near = [name for name in names if wanted in name.casefold() and " " not in name]
    near.sort(key=lambda name: (not name.casefold().startswith(wanted), -len(tagged.get(name, ()))))
    for name in near[:MOST]:
        yield Completion("tag", name, name, span, f"{len(tagged.get(name, ()))} notes")


def _callouts(at: _At, match: re.Match[str]) -> Completions | None:
    span = Span(at.begin + match.start(1), at.offset)
    close = "" if at.tail.startswith("]") else "] "
    return Completions(tuple(Completion("callout", name, name + close, span) for name in CALLOUTS))


def _footnotes(at: _At, match: re.Match[str]) -> Completions | None:
    """Those that the note has, and a new one, whose text is to be written at the note's end."""
    text = at.page.text
    span, close = Span(at.begin + match.start(1), at.offset), "" if at.tail.startswith("]") else "]"
    defined = {one.name: one.span for one in of_kind(regions("markdown", text), "footnote")}
    items = [
        Completion("footnote", name, name + close, span, _short(text[at_.start : at_.end].partition(":")[2].strip()))
        for name, at_ in defined.items()
    ]
    number = next(str(n) for n in range(1, len(defined) + 2) if str(n) not in defined)
    end = len(text.rstrip("\n"))
    if text[at.begin : at.begin + 2] != "[^":  # a line that begins so is a footnote's own text
        new = Edit(Span(max(end, at.offset), len(text)), f"{'' if defined else chr(10)}\n[^{number}]: \n")
        items.append(Completion("footnote", number, number + close, span, "new footnote", (new,)))
    return Completions(tuple(items))


def _paths(at: _At, match: re.Match[str]) -> Completions | None:
    angled, typed = match[1], match[2]
    if "://" in typed:
        return None
    span = Span(at.begin + match.start(2), at.offset)
    close = "" if at.tail.startswith((")", ">")) else f"{'>' if angled else ''})"
    found = _relative_paths(at, typed)
    encode: Callable[[str], str] = str if angled else lambda path: quote(path, safe="/.~_-!$'*+,;=@:")
    items = [Completion("path", path, encode(path) + close, span, title) for path, title in found]
    return Completions(tuple(items), more=True)


def _org_paths(at: _At, match: re.Match[str]) -> Completions | None:
    span = at.span(match, 1)
    close = "" if "]]" in at.tail else "]]"
    items = [Completion("path", path, path + close, span, title) for path, title in _relative_paths(at, match[1])]
    return Completions(tuple(items), more=True)


def _relative_paths(at: _At, typed: str) -> Iterator[tuple[str, str]]:
    """(path from the note's folder, title) of notes by what was typed of a name, the likest first."""
    name = typed.rpartition("/")[2].replace("%20", " ")
    folder = "/" + posixpath.dirname(at.page.path)
    seen: set[str] = set()
    for one in at.notebook.vault.suggest(name, MOST, at.page.path):
        if one.heading is None and one.path != at.page.path and one.path not in seen:
            seen.add(one.path)
            yield posixpath.relpath("/" + one.path, folder), one.title


def _days(at: _At, match: re.Match[str]) -> Completions | None:
    day = day_meant(match[1], at.today)
    if day is None:
        return None
    path = daily_path(at.notebook, day, at.options)
    link = link_text(at.notebook, path, at.page.path, title=path.rpartition("/")[2].rpartition(".")[0])
    rest = _REST.match(at.tail)
    span = Span(at.begin + match.start(), at.offset + (rest.end() + 2 if rest else 0))
    there = "daily note" if at.notebook.exists(path) else "daily note, not written yet"
    return Completions(
        (Completion("day", match[1].strip(), link, span, f"{day:%A}, {day.isoformat()}, {there}"),), True, True
    )


def _properties(at: _At, match: re.Match[str]) -> Completions | None:
    if at.page.note.dialect != "logseq":
        return None
    span = Span(at.begin + match.start(1), at.offset)
    used = dict.fromkeys([*property_names(at.notebook), *PROPERTIES])
    names = [name for name in used if name.startswith(match[1]) and name != match[1]][:MOST]
    return Completions(tuple(Completion("property", f"{name}::", f"{name}:: ", span) for name in names), True, True)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60].rpartition(' ')[0]} …"


_SOURCES: tuple[tuple[re.Pattern[str], Callable[[_At, re.Match[str]], Completions | None]], ...] = (
    (_BLOCK, _blocks),
    (_HEADING, _headings),
    (_ORG_PATH, _org_paths),
    (_DAY, _days),
    (_CALLOUT, _callouts),
    (_FOOTNOTE, _footnotes),
    (_SLUG, _slugs),
    (_PATH, _paths),
    (_TAG, _tags),
    (_PROPERTY, _properties),
)
