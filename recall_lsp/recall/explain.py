"""Why a note came: the sentence that matters, the shared words in it, and which side found it."""

from __future__ import annotations

from collections.abc import Mapping

from recall_lsp.index.terms import terms, words
from recall_lsp.notes.sentences import sentences

_LONGEST = 320
_COMMON = 0.25
"""Shared words lighter than this share of the heaviest are not marked: they are everywhere."""


def sentence_that_matters(text: str, weight: Mapping[str, float], language: str) -> tuple[int, int]:
    """Span in `text` of the sentence that shares most weight with the moment; the first full one if none does.

    `weight` maps the moment's terms to their idf.  The span is cut to 320 characters at a word.
    """
    spans = sentences(text) or [(0, len(text))]

    def shared(span: tuple[int, int]) -> float:
        found = terms(text[slice(*span)], language)
        # A long sentence shares more by its length alone.
        return sum(weight.get(term, 0.0) for term in set(found)) / (1 + 0.02 * len(found))

    best = max(spans, key=shared)
    if not shared(best):
        best = next((span for span in spans if span[1] - span[0] >= 40), spans[0])
    return _cut(text, best, weight, language)


def shared_words(sentence: str, weight: Mapping[str, float], language: str) -> tuple[tuple[int, int], ...]:
    """Spans in `sentence` of the words that tell most of what it shares with the moment."""
    found = []
    for start, end in words(sentence):
        value = max((weight.get(term, 0.0) for term in terms(sentence[start:end], language)), default=0.0)
        if value > 0:
            found.append((value, start, end))
    heaviest = max((value for value, _, _ in found), default=0.0)
    return tuple((start, end) for value, start, end in found if value >= _COMMON * heaviest)


def _cut(text: str, span: tuple[int, int], weight: Mapping[str, float], language: str) -> tuple[int, int]:
    """A window of at most 320 characters of a long sentence, around its first telling word."""
    start, end = span
    if end - start <= _LONGEST:
        return span
    marks = shared_words(text[start:end], weight, language)
    first = start + marks[0][0] if marks else start
    if first - start > _LONGEST // 2:
        start = first - _LONGEST // 3
        start += len(text[start:first]) - len(text[start:first].partition(" ")[2] or text[start:first])
    cut = text[start : min(end, start + _LONGEST)]
    if start + len(cut) < end and " " in cut[-60:]:
        cut = cut.rpartition(" ")[0]
    return start, start + len(cut)
