"""Where in a text a link names its target and its fragment, and how another name is written in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import quote, unquote

from recall_lsp.notes.link_format import heading_slug
from recall_lsp.notes.link_parse import Place, markdown_place, wiki_place
from recall_lsp.notes.model import Link, Span

Form = Literal["wiki", "destination", "angled", "href", "org", "post", "block"]
"""`[[a]]`; `(a)`; `(<a>)`; `<a href="a">`; `[[file:a]]`; `{% post_url a %}`; `((a))`."""

_IN_DESTINATION = "/.~_-!$'*+,;=@:"
_DESTINATION = r"(<[^<>\n]*>|(?:\\.|\([^\s()]*\)|[^\s()])*)"
_INLINE = re.compile(r"\]\(\s*" + _DESTINATION)
_DEFINITION = re.compile(r"^[ ]{0,3}\[((?:\\.|[^\[\]\n])+)\]:[ \t]*\n?[ \t]*(<[^<>\n]*>|\S+)", re.M)
_REFERENCE = re.compile(r"\[((?:\\.|[^\[\]])+)\](?:\[\])?\Z")
_HREF = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]+)", re.I)
_POST = re.compile(r"\{% *post_url +([^\s%]+) *%\}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DENDRON = re.compile(r"dendron://[^/]*/")
_UNSAFE = re.compile(r"[\x00-\x20()<>%#?\\|\[\]`\"]|&(?=[#\w])")


@dataclass(frozen=True, slots=True)
class LinkSite:
    """`target` and `fragment` are what is written there; an empty span where nothing is.

    `label` is what is shown for the link, where it is written apart from the target.
    """

    link: Link
    form: Form
    target: Span
    fragment: Span
    label: Span | None = None


def link_site(text: str, link: Link) -> LinkSite | None:
    """The site of a link that was read from `text`; None where the target is not found as it was read."""
    start, end = link.span.start, link.span.end
    raw = text[start:end]
    if link.kind == "block":
        return LinkSite(link, "block", Span(start + 2, end - 2), Span(end - 2, end - 2))
    if link.kind == "org":
        return _org(link, raw, start)
    if link.kind in ("wiki", "embed"):
        return _wiki(link, raw, start)
    return _markdown(text, link, raw, start)


def written_target(text: str, site: LinkSite, target: str) -> str:
    """Another target as it is written at the site."""
    old = text[site.target.start : site.target.end]
    if site.form == "angled":
        return target.replace("\\", "\\\\").replace("<", "\\<").replace(">", "\\>").replace("#", "%23")
    if site.form in ("destination", "href"):
        # What is encoded is what must be; letters beyond ASCII too where the writer's tool encoded them.
        if old.isascii() and (target.isascii() or "%" in old):
            return quote(target, safe=_IN_DESTINATION)
        return _UNSAFE.sub(lambda sign: quote(sign[0], safe=""), target)
    return target


def written_fragment(text: str, site: LinkSite, heading: str) -> str:
    """A heading as the fragment of the link at the site: as a slug or as the words themselves, as it stood there."""
    if site.form not in ("destination", "angled", "href"):
        return " ".join(re.sub(r"[\[\]|#^]|%%", " ", heading).split())
    old = unquote(text[site.fragment.start : site.fragment.end])
    slugged = old == heading_slug(old)
    return quote(heading_slug(heading) if slugged else heading, safe="-_.~!'")


def _wiki(link: Link, raw: str, start: int) -> LinkSite | None:
    opening = raw.find("[[") + 2
    closing = raw.rfind("]]")
    if opening < 2 or closing < opening:
        return None
    inner = raw[opening:closing]
    bar = inner.find("|")
    if wiki_place(inner) == (link.target, link.fragment):
        return _parted_wiki(link, inner, start + opening, None)
    halves = [(0, bar), (bar + 1, len(inner))] if bar >= 0 else []
    for number, (first, last) in enumerate(halves):
        if wiki_place(inner[first:last]) == (link.target, link.fragment):
            other = halves[1 - number]
            label = Span(start + opening + other[0], start + opening + other[1])
            return _parted_wiki(link, inner[first:last], start + opening + first, label)
    return None


def _parted_wiki(link: Link, half: str, at: int, label: Span | None, form: Form = "wiki") -> LinkSite:
    lead = len(half) - len(half.lstrip())
    body = half.strip().rstrip("\\").rstrip()
    if scheme := _DENDRON.match(body):
        lead, body = lead + scheme.end(), body[scheme.end() :]
    target, sign, _ = body.partition("#")
    if not sign and "^" in target:
        target = target.rpartition("^")[0]
        place = len(target)
    else:
        place = body.rfind("#") + 1 if sign else len(body)
    while place < len(body) and body[place].isspace():
        place += 1
    begin, trimmed = at + lead, target.strip()
    skipped = len(target) - len(target.lstrip())
    span = Span(begin + skipped, begin + skipped + len(trimmed))
    return LinkSite(link, form, span, Span(begin + place, begin + len(body)), label)


def _org(link: Link, raw: str, start: int) -> LinkSite | None:
    close = raw.find("]", 2)
    inner = raw[2:close]
    label = Span(start + close + 2, start + len(raw) - 2) if raw[close : close + 2] == "][" else None
    scheme, colon, rest = inner.partition(":")
    if colon and scheme in ("file", "roam", "id"):
        begin = start + 2 + (len(scheme) + 1)
        target, sign, fragment = rest.partition("::")
        after = begin + len(target) + (2 + len(fragment) - len(fragment.lstrip("*#")) if sign else 0)
        return LinkSite(link, "org", Span(begin, begin + len(target)), Span(after, begin + len(rest)), label)
    if inner[:1] in ("*", "#"):
        return LinkSite(link, "org", Span(start + 2, start + 2), Span(start + 3, start + close), label)
    return _parted_wiki(link, inner, start + 2, label, "org")


def _markdown(text: str, link: Link, raw: str, start: int) -> LinkSite | None:
    wanted = (link.target, link.fragment)
    label = Span(start + 1, start + 1 + len(link.text)) if raw[1 : 1 + len(link.text)] == link.text else None
    for found, form, at in _places(raw, start):
        for site in _sites(link, found, form, at, label, wanted):
            return site
    if (post := _POST.search(raw)) and link.target.strip() == post[1]:
        return LinkSite(link, "post", Span(start + post.start(1), start + post.end(1)), Span(start, start), label)
    if reference := _REFERENCE.search(raw):
        name = _label(reference[1])
        for match in _DEFINITION.finditer(text):
            if _label(match[1]) == name:
                for site in _sites(link, match[2], "destination", match.start(2), label, wanted):
                    return site
    return None


def _places(raw: str, start: int) -> Iterator[tuple[str, Form, int]]:
    """What may be the destination, the last first: a label may hold brackets and parentheses of its own."""
    for match in reversed(list(_INLINE.finditer(raw))):
        yield match[1], "destination", start + match.start(1)
    for match in _HREF.finditer(raw):
        yield match[1], "href", start + match.start(1)


def _sites(
    link: Link, found: str, form: Form, at: int, label: Span | None, wanted: tuple[str, str]
) -> Iterator[LinkSite]:
    """The site at a destination, if it is the link's."""
    if found.startswith("<") and found.endswith(">") and form == "destination":
        form, found, at = "angled", found[1:-1], at + 1
    plain = unescape(found) if form == "href" else unescape(_ESCAPED.sub(r"\1", found))
    for permalinks in (False, True):
        if markdown_place(plain, permalinks) == Place(*wanted):
            path, sign, _ = found.partition("#")
            path = path.partition("?")[0]
            fragment = at + len(path) + 1 if sign else at + len(found)
            yield LinkSite(link, form, Span(at, at + len(path)), Span(fragment, at + len(found)), label)
            return


def _label(text: str) -> str:
    """A reference's label, as CommonMark compares them."""
    return " ".join(text.split()).casefold()


def rewritten(link: Link, site: LinkSite, target: str) -> Place | None:
    """How the link reads once `target`, as it is written, stands at its site."""
    if site.form in ("destination", "angled", "href"):
        plain = unescape(target) if site.form == "href" else unescape(_ESCAPED.sub(r"\1", target))
        return markdown_place(plain + (f"#{quote(link.fragment)}" if link.fragment else ""))
    if site.form == "org" and link.target.startswith("id:"):
        return Place(f"id:{target}", link.fragment)
    if site.form in ("post", "block", "org"):
        return Place(target, link.fragment)
    return wiki_place(target + (f"#{link.fragment}" if link.fragment else ""))
