"""The words of a sentence that are near in meaning to the writer's own, though they are others: part of why it came."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np

from recall_lsp.index.terms import is_unspaced, stop_terms, word_terms, words
from recall_lsp.recall.explain import Sketcher
from recall_lsp.recall.model import Pair

Closest = Callable[[str, str], tuple[Pair, ...]]
"""Of a sentence and its language."""

_NEAR = 0.4
"""Least cosine of two words by the static table: above it stand things as settings and preferences."""
_MOST = 3
_LEAST_LETTERS = 3
_WORDS = 60
"""Looked at of either text: a request's work is bounded."""


def closest_words(by: Sketcher | None, paragraph: str, language: str) -> Closest:
    """What finds, for the writer's `paragraph`, the pairs (word there, word here) that are nearest, best first."""
    own = _telling(paragraph, language)
    sketches = by.sketch(list(own)) if by is not None and own else np.zeros((0, 0), np.float32)

    def closest(sentence: str, spoken: str) -> tuple[Pair, ...]:
        if by is None or not sketches.size:
            return ()
        known = {term for word in own.values() for term in word_terms(word, language)}
        others = {
            folded: word
            for folded, word in _telling(sentence, spoken).items()
            if known.isdisjoint(word_terms(word, spoken))
        }
        if not others:
            return ()
        near = by.sketch(list(others)) @ sketches.T
        found: list[Pair] = []
        left, right = list(others.values()), list(own.values())
        for place in np.argsort(-near, axis=None, kind="stable")[: 4 * _MOST]:
            there, here = divmod(int(place), near.shape[1])
            pair = left[there], right[here]
            fresh = not any(pair[0] == one or pair[1] == other for one, other in found)
            if near[there, here] >= _NEAR and fresh and len(found) < _MOST:
                found.append(pair)
        return tuple(found)

    return closest


def _telling(text: str, language: str) -> dict[str, str]:
    """Words that tell something, as written, by their folded form.

    None of scripts without spaces, of which words are not known.
    """
    stop = stop_terms(language)
    written = (text[start:end] for start, end in words(text) if not is_unspaced(text[start]))
    long = (word for word in written if len(word) >= _LEAST_LETTERS and word.isalpha())
    telling = (word for word in long if stop.isdisjoint(word_terms(word, language)))
    return {word.casefold(): word for word in islice(telling, _WORDS)}
