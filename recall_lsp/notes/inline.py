"""What stands within a line in any dialect: tags, block ids, bare addresses, template tags, stray markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from recall_lsp.notes.draft import url_words
from recall_lsp.notes.mojibake import is_suspect, repaired
from recall_lsp.notes.prose import Prose, edited, stripped

_NOISE = re.compile(
    r"(?P<url>\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s<>\"”]*[^\s<>\"”.,;:!?)\]}'])"
    r"|(?P<block>(?:(?<=[ \t])|^)\^(?P<id>[A-Za-z0-9-]+)[ \t]*$)"
    r"|\A\[![\w-]+\][+-]?[ \t]*"
    r"|%%.*?%%|\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)|\{\{.*?\}\}|\{[:#][^{}\n]*\}|==(?=\S)|(?<=\S)==",
    re.M | re.S,
)
_TAG = re.compile(r"(?:(?<=[\s(\[,;\"'“])|^)#(\w(?:[\w/-]*\w)?)")
_HAS_LETTER = re.compile(r"[^\W\d]")
_NOISE_SIGN = re.compile(r"://|\(\(|\[!|\^|%%|\{|==")


def is_noisy(text: str) -> bool:
    """Whether `cleaned` could change any prose taken out of `text` but for white space."""
    return _NOISE_SIGN.search(text) is not None or is_suspect(text)


def cleaned(prose: Prose) -> tuple[Prose, str, list[tuple[str, int]]]:
    """Repaired prose without what is no prose, the words taken out, and block ids with their offset in `prose`."""
    blocks: list[tuple[str, int]] = []
    words: list[str] = []
    text = prose.text
    if _NOISE_SIGN.search(text):
        edits = []
        for match in _NOISE.finditer(text):
            if match["id"]:
                blocks.append((match["id"], match.start("id") - 1))
            elif match[0] != "==":
                words.append(url_words(match[0]) if match["url"] else match[0].strip("%{}:#[]!+- "))
            edits.append((match.start(), match.end(), ""))
        if edits:
            prose = edited(prose, edits)
    return stripped(repaired(prose)), " ".join(words), blocks


def tags(text: str) -> Iterator[tuple[str, int]]:
    """Each `#tag` with its offset; a number is none."""
    for match in _TAG.finditer(text):
        if _HAS_LETTER.search(match[1]):
            yield match[1], match.start()


_HTML = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[A-Za-z][^<>]*>|&(?:#\w+|\w+);", re.S | re.I
)


def without_html(prose: Prose) -> Prose:
    """Tags, comments, scripts and styles taken off, entities read."""
    return edited(
        prose,
        [
            (match.start(), match.end(), unescape(match[0]) if match[0][0] == "&" else "")
            for match in _HTML.finditer(prose.text)
        ],
    )
