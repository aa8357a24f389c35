"""Why a note came: the sentence that matters, the shared words in it, and which side found it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import sqrt
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.terms import is_unspaced, terms, word_terms, words
from recall_lsp.notes.sentences import sentences
from recall_lsp.recall.model import Moment

Likeness = Callable[[Sequence[str]], NDArray[np.float32]]
"""How near each text [n] is to the moment by meaning, -1 to 1."""

_LONGEST = 320
SENTENCE = 0.5
"""The sentence's share of the moment.  The rest is the paragraph's, of which it is a part too."""
WORDS = 1.5
"""Weight of the shared terms beside the likeness (0 to 1 both), chosen by bench/sentences.py."""
STUB = 0.05
_FRAGMENT = 25
_COMMON = 0.25
"""Shared words lighter than this share of the heaviest are not marked: they are everywhere."""


class Sketcher(Protocol):
    """What can tell coarsely what texts mean: an encoder, or a vault, which remembers."""

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows [n, d]; [n, 0] where there is no table."""
        ...


def likeness(by: Sketcher | None, moment: Moment) -> Likeness | None:
    """How near texts are to the moment's sentence and paragraph, by their sketches; None where there are none."""
    if by is None:
        return None
    sentence, paragraph = by.sketch([moment.sentence, moment.paragraph])
    if not len(sentence):
        return None
    aim = SENTENCE * sentence + (1 - SENTENCE) * paragraph
    return lambda texts: np.asarray(by.sketch(texts) @ aim, np.float32)


def sentence_that_matters(
    text: str, weight: Mapping[str, float], language: str, likeness: Likeness | None = None, title: str = ""
) -> tuple[int, int]:
    """Span in `text` of the sentence that is nearest to the moment by words and meaning, cut to 320 characters.

    Not the `title` of the note, which is told anyway, where there is anything else.
    `weight` maps the moment's terms to their idf.  Without a likeness it is the sentence that shares most weight;
    the first full one if none does.
    """
    spans, found = _parts(text, language, title)
    if likeness is not None and len(spans) > 1:
        written = [text[slice(*span)] for span in spans]
        scores = likeness(written) + WORDS * overlap(found, weight)
        scores -= [STUB * is_stub(sentence) for sentence in written]
        return _cut(text, spans[int(np.argmax(scores))], weight, language)
    # A long sentence shares more by its length alone.
    shared = [sum(weight.get(term, 0.0) for term in dict.fromkeys(some)) / (1 + 0.02 * len(some)) for some in found]
    if any(shared):
        best = spans[int(np.argmax(shared))]
    else:
        best = next((span for span in spans if span[1] - span[0] >= 40), spans[0])
    return _cut(text, best, weight, language)


@lru_cache(maxsize=1024)
def _parts(text: str, language: str, title: str) -> tuple[list[tuple[int, int]], list[list[str]]]:
    """The sentences of a passage and their terms: from one keystroke to the next, most hits are the same."""
    whole = sentences(text) or [(0, len(text))]
    spans = [span for span in whole if text[slice(*span)].strip().casefold() != title.casefold()] or whole
    return spans, [terms(text[slice(*span)], language) for span in spans]


def overlap(found: Sequence[Sequence[str]], weight: Mapping[str, float]) -> NDArray[np.float32]:
    """What part of the moment's terms each list of terms has, 0 to 1 [n]: the length of the shared idf vector."""
    whole = sqrt(sum(value * value for value in weight.values())) or 1.0
    shared = (sum(weight[term] ** 2 for term in dict.fromkeys(some) if term in weight) for some in found)
    return np.array([sqrt(value) / whole for value in shared], np.float32)


def is_stub(sentence: str) -> bool:
    """Whether it hardly stands by itself: a fragment, or what only leads on to a list."""
    return len(sentence) < _FRAGMENT or sentence.endswith((":", "："))


def shared_words(sentence: str, weight: Mapping[str, float], language: str) -> tuple[tuple[int, int], ...]:
    """Spans in `sentence` of the words that tell most of what it shares with the moment."""
    found = []
    for start, end in _tellable(sentence):
        value = max((weight.get(term, 0.0) for term in word_terms(sentence[start:end], language)), default=0.0)
        if value > 0:
            found.append((value, start, end))
    heaviest = max((value for value, _, _ in found), default=0.0)
    return _joined((start, end) for value, start, end in found if value >= _COMMON * heaviest)


def _tellable(sentence: str) -> Iterator[tuple[int, int]]:
    """Spans of the words; of a run in a script without spaces, those of its letter pairs."""
    for start, end in words(sentence):
        if is_unspaced(sentence[start]):
            yield from ((at, at + 2) for at in range(start, max(start + 1, end - 1)))
        else:
            yield start, end


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Pairs that overlap become one word."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


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
