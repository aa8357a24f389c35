"""Text to the words that phrases are made of: one pattern for what is indexed and for what is being typed.

A word has two forms: its surface (lower-cased, accents off), by which the letters typed so far are looked up, and
its stem, by which it is matched.  In scripts written without spaces every letter is a word.  The end of a sentence
or line is a word too, the empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize

from recall_lsp.index.terms import UNSPACED, word_terms

_TOKEN = re.compile(rf"[^\W_{UNSPACED}]+|[{UNSPACED}]|[.!?…]+(?=[\s\"'”’»)\]]|$)|[。！？।॥؟۔]+|[\n\r]+")
BOUNDARY = ""


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]`; a boundary has neither letters nor stem."""

    start: int
    end: int
    surface: str
    stem: str


def words_of(text: str, language: str) -> list[Word]:
    """The words of `text`, boundaries among them; several boundaries in a row are one, and none comes first."""
    found: list[Word] = []
    for match in _TOKEN.finditer(text):
        surface, stem = forms(match[0], language)
        if surface or (found and found[-1].surface):
            found.append(Word(match.start(), match.end(), surface, stem))
    return found


@lru_cache(maxsize=64)
def known_words(text: str, language: str) -> tuple[Word, ...]:
    """The same, remembered: at each letter typed, much the same passages are asked for."""
    return tuple(words_of(text, language))


def forms_of(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Surface and stem of the same words, without their places."""
    last = BOUNDARY
    for token in _TOKEN.findall(text):
        pair = forms(token, language)
        if pair[0] or last:
            yield pair
        last = pair[0]


@lru_cache(maxsize=50_000)
def forms(token: str, language: str) -> tuple[str, str]:
    """Surface and stem of one word; two empty strings for a boundary."""
    if not token[0].isalnum() and _unspaced(token[0]) is None:
        return BOUNDARY, BOUNDARY
    surface = folded(token)
    return surface, next(iter(word_terms(surface, language)), surface)


def folded(text: str) -> str:
    """Lower case, without the accents of scripts that have accents."""
    text = text.casefold()
    if text.isascii() or _unspaced(text[0]) is not None:
        return text
    return "".join(letter for letter in normalize("NFKD", text) if not combining(letter))


_unspaced = re.compile(f"[{UNSPACED}]").match
