"""The inside of a link -> target and fragment as `model.Link` has them."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")
MEDIA = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico|tiff?|mp[34]|m4[av]|mov|mkv|webm|ogg|ogv|wav|flac|pdf|zip|gz)$",
    re.I,
)
"""The ends of the names of files that are shown or played, and are no notes."""
_PERMALINK = re.compile(r"https?://[^/]+(/\d{4}/\d\d/\d\d/[\w%.-]+)/?(?:#.*)?$")
_DENDRON = re.compile(r"dendron://[^/]*/")


class Place(NamedTuple):
    target: str
    fragment: str


def wiki_place(inner: str) -> Place | None:
    """`a`, `a#h`, `a#^id`, `a^id`, `dendron://vault/a`; None for pictures and web pages."""
    inner = inner.strip().rstrip("\\")
    if inner.startswith("dendron:"):
        inner = _DENDRON.sub("", inner, count=1)
    target, _, fragment = inner.partition("#")
    if not fragment and "^" in target:
        target, _, block = target.rpartition("^")
        fragment = f"^{block}"
    target = target.strip()
    if (":" in target and is_web(target)) or ("." in target and MEDIA.search(target)):
        return None
    return Place(target, fragment.rpartition("#")[2].strip())


def markdown_place(destination: str, permalinks: bool = False) -> Place | None:
    """A link destination, percent-decoded; None for pictures and web pages.

    With `permalinks`, an address that ends in `/2012/12/08/slug/`, as a blog's own pages do, is kept as that path.
    """
    if permalinks and (page := _PERMALINK.match(destination)):
        return Place(page[1], "")
    if is_web(destination) or destination.startswith("(("):
        return None
    target, _, fragment = destination.partition("#")
    target = target.partition("?")[0]
    if "%" in destination:
        target, fragment = unquote(target), unquote(fragment)
    if MEDIA.search(target) or not (target or fragment):
        return None
    return Place(target.strip(), fragment.strip())


def is_web(target: str) -> bool:
    """Whether a target has a scheme, as web pages and mail addresses do."""
    return _SCHEME.match(target) is not None and not target.startswith("file:")
