"""How a link to a note is written, in the style that the vault mostly uses."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from recall_lsp.notes.resolve import without_extension

LinkStyle = Literal["wiki", "markdown", "org"]

_IN_DESTINATION = "/.~_-!$&'*+,;=@:"
_BRACKET = re.compile(r"([\[\]\\])")
_ENDS_LABEL = re.compile(r"[\[\]|]")
_ENDS_FRAGMENT = re.compile(r"[\[\]|#^:\\]|%%")
_IN_SLUG = ("L", "M", "Nd", "Nl", "Pc")
"""Unicode categories that GitHub keeps in the anchor of a heading."""


def detect_style(counts: Mapping[str, int], extension: str) -> LinkStyle:
    """The style of most links, by their `Link.kind`, in a file with this extension (".md")."""
    if extension.lower() == ".org":
        return "org"
    wiki = counts.get("wiki", 0) + counts.get("embed", 0)
    return "markdown" if counts.get("markdown", 0) > wiki else "wiki"


def format_link(
    style: LinkStyle,
    path: str,
    title: str,
    source: str,
    ambiguous: bool = False,
    logseq: bool = False,
    heading: str = "",
) -> str:
    """A link from the note at `source` to the one at `path`, or to a heading of it.

    `ambiguous` if another note has the same file name.  Logseq has no links to headings.
    """
    title, heading = " ".join(title.split()), " ".join(heading.split())
    shown = heading or title
    if style == "markdown":
        fragment = quote(heading_slug(heading))
        destination = quote(_relative(path, source), safe=_IN_DESTINATION) + (f"#{fragment}" if fragment else "")
        return f"[{_escaped(shown)}]({destination})"
    if style == "org":
        target = _relative(path, source) + (f"::*{heading}" if heading else "")
        return f"[[file:{_escaped(target)}][{shown.replace('[', '{').replace(']', '}')}]]"
    if logseq:
        return f"[[{_without(_ENDS_LABEL, title)}]]"
    name = without_extension(path if ambiguous else path.rpartition("/")[2])
    same = title.casefold() == name.rpartition("/")[2].casefold()
    label = "" if same and not ambiguous else _without(_ENDS_LABEL, shown)
    fragment = _without(_ENDS_FRAGMENT, heading)
    target = f"{name}#{fragment}" if fragment else name
    return f"[[{target}|{label}]]" if label else f"[[{target}]]"


def heading_slug(heading: str) -> str:
    """The anchor that GitHub and most Markdown tools give a heading; a second of the same text is not told apart."""
    kept = [letter for letter in heading.lower() if letter in "- " or unicodedata.category(letter).startswith(_IN_SLUG)]
    return "".join(kept).replace(" ", "-")


def _relative(path: str, source: str) -> str:
    return posixpath.relpath("/" + path, "/" + posixpath.dirname(source))


def _escaped(text: str) -> str:
    """Brackets escaped, as a Markdown label and an org path need them."""
    return _BRACKET.sub(r"\\\1", text)


def _without(ending: re.Pattern[str], text: str) -> str:
    """A wiki link has no way to escape what ends its label or its target: it is left out, as Obsidian does."""
    return " ".join(ending.sub(" ", text).split())
