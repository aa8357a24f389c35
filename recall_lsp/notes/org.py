"""Org mode, line by line: headings, drawers, keywords, blocks, links."""

from __future__ import annotations

import re
import shlex

from recall_lsp.notes import link_parse
from recall_lsp.notes.dates import written_in
from recall_lsp.notes.draft import Draft, Fragment, fragment, line_at, line_starts, says_no, url_words
from recall_lsp.notes.inline import cleaned
from recall_lsp.notes.model import Block, Heading, Link, Span
from recall_lsp.notes.prose import EMPTY, Prose, edited, from_pieces, place, stripped

_LINE = re.compile(r"([^\r\n]*)(\r\n?|\n|\Z)")
_HEADING = re.compile(
    r"(\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAITING|LATER|NOW|DOING|CANCELL?ED)[ \t]+)?(?:\[#\w\][ \t]+)?"
    r"((?:[ \t]*+[^ \t]++)*?)(?:[ \t]+:([\w@#%:]+):)?[ \t]*$"
)
_KEYWORD = re.compile(r"[ \t]*#\+(\w+(?:\[[^\]]*\])?):[ \t]*(.*)$")
_BEGIN = re.compile(r"[ \t]*(?:#\+begin_(\w+)|\\begin\{(\w+\*?)\})", re.I)
_DRAWER = re.compile(r"[ \t]*:([\w-]+):[ \t]*$")
_PROPERTY = re.compile(r"[ \t]*:([\w-]+):[ \t]+(.*?)[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-+]|\d+[.)])[ \t]+(?:\[[ X-]\][ \t]+)?|[ \t]+\*[ \t]+")
_PLANNING = re.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):|[ \t]*#(?: |$)|[ \t]*\|[-+|]+[ \t]*$|[ \t]*-{5,}[ \t]*$")
_LINK = re.compile(r"\[\[((?:\\[\[\]]|[^\[\]])+)\](?:\[((?:[^\[\]]|\[[^\[\]]*\])+)\])?\]")
_ESCAPED = re.compile(r"\\([\[\]\\])")
_MARKS = re.compile(r"(?<![\w\\])([*/_=~+])(?=\S)([^\n]{0,400}?)(?<=\S)\1(?!\w)")
_FOOTNOTE = re.compile(r"\[fn:[^\]]{0,1000}\]|[ \t]*\\\\$", re.M)
_CELL = re.compile(r"[ \t]*\|[ \t]*")
_WRAPPED = re.compile(r"(?<=[^\n]{50})\n")
_PROSE_BLOCKS = frozenset({"quote", "verse", "center", "note", "tip", "warning", "important", "definition"})


def read(text: str) -> Draft:
    """An org file."""
    draft = Draft("org", line_starts(text))
    pieces: list[tuple[str, int]] = []
    until: re.Pattern[str] | None = None
    drawer = ""
    held: list[tuple[str, int]] = []
    for match in _LINE.finditer(text):
        line, start = match[1], match.start()
        if until:
            held.append((line, start))
            if until.match(line):
                _end_block(draft, drawer, held)
                until, held = None, []
            continue
        begin, opens = _BEGIN.match(line), _DRAWER.match(line)
        if begin and (begin[1] or "").lower() not in _PROSE_BLOCKS:
            end = rf"[ \t]*#\+end_{re.escape(begin[1])}" if begin[1] else rf".*\\end\{{{re.escape(begin[2])}\}}"
            until, drawer = re.compile(end, re.I), ""
        elif opens and opens[1].upper() != "END":
            until, drawer = re.compile(r"[ \t]*:END:|\*+ ", re.I), opens[1].upper()
        else:
            _take_line(draft, line, start, pieces)
            continue
        _flush(draft, pieces)
        held = [(line, start)]
    if held:
        _end_block(draft, drawer, held)
    _flush(draft, pieces)
    return draft


def _take_line(draft: Draft, line: str, start: int, pieces: list[tuple[str, int]]) -> None:
    """A line outside blocks and drawers; it goes on the paragraph in `pieces` or ends it."""
    if heading := _HEADING.match(line):
        _flush(draft, pieces)
        _take_heading(draft, heading, start)
    elif keyword := _KEYWORD.match(line):
        _flush(draft, pieces)
        _take_keyword(draft, keyword[1].lower(), keyword[2].strip())
    elif not line.strip() or _PLANNING.match(line) or line.lstrip()[:5].lower() in ("#+beg", "#+end"):
        _flush(draft, pieces)
    elif line.lstrip().startswith("|"):
        _flush(draft, pieces)
        row = Prose(line, ((0, start),))
        cells = edited(row, [(cell.start(), cell.end(), " ") for cell in _CELL.finditer(line)])
        _add(draft, stripped(cells))
    else:
        if item := _ITEM.match(line):
            _flush(draft, pieces)
        skip = item.end() if item else len(line) - len(line.lstrip())
        if pieces:
            pieces.append(("\n", start - 1))
        pieces.append((line[skip:].rstrip(), start + skip))


def _take_heading(draft: Draft, match: re.Match[str], start: int) -> None:
    raw = Prose(match[2], ((0, start + match.start(2)),)) if match[2] else EMPTY
    prose, _, _ = cleaned(_inline(draft, raw)[0])
    span = Span(start, start + match.end())
    draft.open_section(Heading(prose.text, len(match[1]), span, line_at(draft.starts, start)), prose)
    if match[3]:
        draft.tags += [tag for tag in match[3].split(":") if tag]


def _take_keyword(draft: Draft, name: str, value: str) -> None:
    if name == "title":
        draft.title = draft.title or value
    elif name in ("filetags", "roam_tags", "tags", "tags[]"):
        draft.tags += [tag.strip('#,"') for tag in re.split(r"[:\s]+", value) if tag.strip('#,"')]
    elif name in ("alias", "roam_alias", "roam_aliases"):
        draft.aliases += _names(value)
    elif name == "recall":
        draft.private = draft.private or says_no(value)
    elif name == "date":
        draft.written = draft.written or written_in(value)
    else:
        draft.extra.append(url_words(value) if "://" in value else value)


def _end_block(draft: Draft, drawer: str, lines: list[tuple[str, int]]) -> None:
    """A drawer's properties into their places; anything else is searched, not shown."""
    start, end = lines[0][1], lines[-1][1] + len(lines[-1][0])
    if drawer != "PROPERTIES":
        body = "\n".join(line for line, _ in lines[1:-1])
        draft.sections[-1].fragments.append(Fragment(EMPTY, body, start, end, 0))
        return
    for line, at in lines[1:]:
        if match := _PROPERTY.match(line):
            name, value = match[1].upper(), match[2]
            if name in ("ID", "CUSTOM_ID"):
                draft.blocks.append(Block(value, Span(at, at + len(line)), line_at(draft.starts, at)))
            elif name == "ROAM_ALIASES" and not draft.headings:
                draft.aliases += _names(value)
            elif name == "RECALL":
                draft.private = draft.private or says_no(value)
            elif name not in ("LAST-MODIFIED", "COLLAPSED"):
                draft.extra.append(url_words(value) if "://" in value else value)


def _names(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:
        return [value.strip('"')]


def _flush(draft: Draft, pieces: list[tuple[str, int]]) -> None:
    if pieces:
        text, anchors = from_pieces(pieces)
        pieces.clear()
        _add(draft, Prose(_WRAPPED.sub(" ", text), anchors))


def _add(draft: Draft, raw: Prose) -> None:
    if not raw.text:
        return
    bare, words = _inline(draft, raw)
    prose, extra, _ = cleaned(bare)
    words = [*words, extra] if extra else words
    if prose.text or words:
        end = place(raw, len(raw.text) - 1) + 1
        draft.sections[-1].fragments.append(fragment(prose, " ".join(words), raw.anchors[0][1], end))


def _inline(draft: Draft, raw: Prose) -> tuple[Prose, list[str]]:
    """Prose without marks and link syntax, and the words taken out; links go into the draft."""
    words: list[str] = []
    text = raw.text
    edits: list[tuple[int, int, str]] = []
    if "[" in text or "\\\\" in text:
        edits += [(note.start(), note.end(), "") for note in _FOOTNOTE.finditer(text)]
    for match in _LINK.finditer(text) if "[[" in text else ():
        kept = _take_link(draft, match, raw, words)
        shown = match.span(kept) if kept else (match.end(), match.end())
        edits += [(match.start(), shown[0], ""), (shown[1], match.end(), "")]
    prose = edited(raw, sorted(edits)) if edits else raw
    marks = []
    for match in _MARKS.finditer(prose.text):
        marks += [(match.start(), match.start() + 1, ""), (match.end() - 1, match.end(), "")]
    return (edited(prose, marks) if marks else prose), words


def _take_link(draft: Draft, match: re.Match[str], raw: Prose, words: list[str]) -> int:
    """Keep the link if it leads to a note; which group of the match is prose, 0 for none."""
    inner = " ".join(match[1].split())
    if "\\[" in inner or "\\]" in inner:
        inner = _ESCAPED.sub(r"\1", inner)
    found = _place(inner)
    if found is None:
        words.append(url_words(inner))
        return 2 if match[2] else 0
    start, end = place(raw, match.start()), place(raw, match.end() - 1) + 1
    text = match[2] or inner
    draft.links.append(Link(*found, text, "org", Span(start, end), line_at(draft.starts, start)))
    if match[2]:
        return 2
    return 0 if inner.startswith(("id:", "file:")) else 1


def _place(inner: str) -> link_parse.Place | None:
    scheme, colon, rest = inner.partition(":")
    if inner.startswith("id:"):
        return link_parse.Place(*_parted(inner))
    if colon and scheme in ("file", "roam"):
        target, fragment = _parted(rest)
        return link_parse.markdown_place(target) and link_parse.Place(target, fragment)
    if inner[:1] in "*#":
        return link_parse.Place("", inner[1:])
    return link_parse.wiki_place(inner)


def _parted(target: str) -> tuple[str, str]:
    target, _, fragment = target.partition("::")
    return target, fragment.lstrip("*#")
