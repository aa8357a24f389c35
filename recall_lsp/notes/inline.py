"""What stands within a line in any dialect: tags, block ids, bare addresses, template tags, stray markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from recall_lsp.notes.draft import url_words
from recall_lsp.notes.mojibake import is_suspect, repaired
from recall_lsp.notes.prose import Prose, edited, stripped

# Each alternative begins with a sign of its own, which lets the search skip from sign to sign.
_NOISE = re.compile(
    r"://|\^[A-Za-z0-9-]+[ \t]*$"
    r"|\[![\w-]+\][+-]?[ \t]*"
    r"|%%.*?%%|\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)|\{\{|\{[:#][^{}\n]*\}|==",
    re.M | re.S,
)
_SCHEME = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}\Z")
_MAX_SCHEME = 21
_ADDRESS = re.compile(r"[^\s<>\"”]*[^\s<>\"”.,;:!?)\]}']")
_TAG = re.compile(r"#(\w(?:[\w/-]*\w)?)")
_BEFORE_TAG = "([,;\"'“"
_HAS_LETTER = re.compile(r"[^\W\d]")
_NOISE_SIGN = re.compile(r"://|\(\([0-9a-f]|\[!|\^[A-Za-z0-9-]|%%|\{[{:#]|==")


def is_noisy(text: str) -> bool:
    """Whether `cleaned` could change any prose taken out of `text` but for white space."""
    return _NOISE_SIGN.search(text) is not None or is_suspect(text)


def cleaned(prose: Prose) -> tuple[Prose, str, list[tuple[str, int]]]:
    """Repaired prose without what is no prose, the words taken out, and block ids with their offset in `prose`."""
    text = prose.text
    if not is_noisy(text):
        return stripped(prose), "", []
    blocks: list[tuple[str, int]] = []
    words: list[str] = []
    edits: list[tuple[int, int, str]] = []
    for start, end in _noise(text):
        found = text[start:end]
        if found[0] == "^":
            blocks.append((found[1:].rstrip(), start))
        elif found[0].isalpha():
            words.append(url_words(found))
        elif found != "==":
            words.append(found.strip("%{}:#[]!+- "))
        edits.append((start, end, ""))
    return stripped(repaired(edited(prose, edits) if edits else prose)), " ".join(words), blocks


def _noise(text: str) -> Iterator[tuple[int, int]]:
    """Where there is no prose.  A closing `}}` that is not to be found is looked for but once."""
    done = at = 0
    closing = True
    while match := _NOISE.search(text, at):
        start, end = match.span()
        at = start + 1
        sign, before, after = text[start:at], text[start - 1 : start], text[end : end + 1]
        if sign == ":":
            scheme = _SCHEME.search(text, max(done, start - _MAX_SCHEME), start)
            address = _ADDRESS.match(text, end) if scheme else None
            if not scheme or not address:
                continue
            start, end = scheme.start(), address.end()
        elif match[0] == "{{":
            close = text.find("}}", end) if closing else -1
            closing = close >= 0
            if not closing:
                continue
            end = close + 2
        elif (
            (sign == "^" and before not in ("", " ", "\t", "\n"))
            or (sign == "[" and start > 0)
            or (sign == "=" and not before.strip() and not after.strip())
        ):
            continue
        yield start, end
        done = at = end


def tags(text: str) -> Iterator[tuple[str, int]]:
    """Each `#tag` with its offset; a number is none."""
    for match in _TAG.finditer(text):
        start = match.start()
        before = text[start - 1] if start else " "
        if (before.isspace() or before in _BEFORE_TAG) and _HAS_LETTER.search(match[1]):
            yield match[1], start


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
