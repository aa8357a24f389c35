"""How a link to a note is written, in the style that the vault mostly uses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from recall_lsp.notes.resolve import without_extension

LinkStyle = Literal["wiki", "markdown", "org"]

_IN_DESTINATION = "/.~_-!$&'*+,;=@:"
_BRACKET = re.compile(r"([\[\]\\])")


def detect_style(counts: Mapping[str, int], extension: str) -> LinkStyle:
    """The style of most links, by their `Link.kind`, in a file with this extension (".md")."""
    if extension.lower() == ".org":
        return "org"
    wiki = counts.get("wiki", 0) + counts.get("embed", 0)
    return "markdown" if counts.get("markdown", 0) > wiki else "wiki"


def format_link(
    style: LinkStyle, path: str, title: str, source: str, ambiguous: bool = False, logseq: bool = False
) -> str:
    """A link from the note at `source` to the one at `path`; `ambiguous` if another note has the same file name."""
    title = " ".join(title.split())
    if style == "markdown":
        return f"[{_escaped(title)}]({quote(_relative(path, source), safe=_IN_DESTINATION)})"
    if style == "org":
        return f"[[file:{_escaped(_relative(path, source))}][{title.replace('[', '{').replace(']', '}')}]]"
    if logseq:
        return f"[[{_plain(title)}]]"
    name = without_extension(path if ambiguous else path.rpartition("/")[2])
    same = title.casefold() == name.rpartition("/")[2].casefold()
    label = "" if same and not ambiguous else _plain(title)
    return f"[[{name}|{label}]]" if label else f"[[{name}]]"


def _relative(path: str, source: str) -> str:
    return posixpath.relpath("/" + path, "/" + posixpath.dirname(source))


def _escaped(text: str) -> str:
    """Brackets escaped, as a Markdown label and an org path need them."""
    return _BRACKET.sub(r"\\\1", text)


def _plain(title: str) -> str:
    """A wiki link's label has no way to escape what ends it."""
    return " ".join(re.sub(r"[\[\]|]", " ", title).split())
