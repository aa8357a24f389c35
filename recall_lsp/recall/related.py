"""The whole of recall: a moment of writing to a few hits, best first, or to silence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.rows import PassageRow
from recall_lsp.index.terms import stop_terms
from recall_lsp.index.vault import Vault
from recall_lsp.recall.closest import Closest, closest_words
from recall_lsp.recall.explain import Likeness, likeness, sentence_that_matters, shared_words
from recall_lsp.recall.features import FEATURES, NONE
from recall_lsp.recall.model import FoundBy, Hit, Moment
from recall_lsp.recall.query import Query, make_query
from recall_lsp.recall.rank import Weights, probability, score, weights_of
from recall_lsp.recall.retrieve import Candidates, retrieve

_ALIKE = 0.95
"""Two hits whose passages are nearer than this say the same: only the better one is shown."""
_SIMILAR, _SAMENESS = 0.6, 2.0
"""From this cosine on a hit that resembles a better one loses, up to some 0.7 of a score at _ALIKE: seven hits are not
to be one thought seven times (maximal marginal relevance, Carbonell and Goldstein 1998)."""
_LOOKED_AT = 2
"""Times as many as are asked for are compared with one another at once."""
_BY_WORDS = FEATURES.index("bm25_passage")
_BY_MEANING = [FEATURES.index("cosine"), FEATURES.index("unknown_cosine")]

Floats = NDArray[np.float32]


def related(
    vault: Vault, moment: Moment, limit: int, quiet: float = 0.0, weights: Weights | None = None
) -> tuple[Hit, ...]:
    """The best `limit` past notes for the moment, best first, without those less probably related than `quiet`.

    The weights are the vault's own, or the default, unless others are given.
    """
    weights = weights or weights_of(vault)
    query = make_query(vault, moment)
    if not query.words and query.meaning is None:
        return ()
    candidates = retrieve(vault, moment, query)
    by_meaning = query.knows_language and bool((candidates.by_meaning != NONE).any())
    chances = probability(candidates.evidence, weights, by_meaning=by_meaning)
    order = _ranked(vault, moment, candidates, weights)
    if not (chances[[*islice(order, _LOOKED_AT * limit)]] >= quiet).any():
        return ()
    # What is unlikely keeps its place: if others moved up, texts that are strange would be answered more often.
    diverse = _diverse(vault, candidates, order, limit)
    found = {at: passage for at, passage in diverse.items() if chances[at] >= quiet}
    alike, close = likeness(vault, moment), closest_words(vault, moment.paragraph, query.language)
    rows = vault.passages(found.values())
    return tuple(
        _hit(vault, query, alike, close, candidates, at, rows[passage], float(chances[at]))
        for at, passage in found.items()
        if passage in rows  # else the keeper has just removed it
    )


def _ranked(vault: Vault, moment: Moment, candidates: Candidates, weights: Weights) -> dict[int, float]:
    """The places of the candidates with their scores, best first, without what the writer wants hidden here."""
    scores = score(candidates.features, weights)
    order = np.lexsort((candidates.notes, -scores))
    hidden = [vault.ids[path] for path in vault.feedback.hidden(moment.note.path) if path in vault.ids]
    if hidden:
        order = order[~np.isin(candidates.notes[order], hidden)]
    return dict(zip(order.tolist(), scores[order].tolist(), strict=True))


def _diverse(vault: Vault, candidates: Candidates, scores: dict[int, float], limit: int) -> dict[int, int]:
    """The best `limit` with their passages: without those that repeat a better one nearly word for word, and those
    that are like a better one after others nearly as good."""
    order = list(scores)
    found: dict[int, int] = {}
    shown: list[Floats] = []
    for at in range(0, len(order), _LOOKED_AT * limit):
        passages = {place: _best_passage(vault, candidates, place) for place in order[at : at + _LOOKED_AT * limit]}
        left = {place: passage for place, passage in passages.items() if passage is not None}
        vectors = {place: _vector(vault, passage) for place, passage in left.items()}
        sameness = {place: _sameness(vectors[place], shown) for place in left}
        while left and len(found) < limit:
            # Of the same score the first in order: dicts keep it, and max takes the first.
            best = max(left, key=lambda place: scores[place] - _penalty(sameness[place]))
            passage, vector = left.pop(best), vectors[best]
            if sameness[best] > _ALIKE:
                continue
            found[best] = passage
            if vector is not None:
                shown.append(vector)
                sameness.update({place: max(sameness[place], _sameness(vectors[place], [vector])) for place in left})
        if len(found) == limit:
            break
    return found


def _vector(vault: Vault, passage: int) -> Floats | None:
    return None if vault.matrix is None else vault.matrix.vector_of(passage)


def _sameness(vector: Floats | None, shown: Sequence[Floats]) -> float:
    """The highest cosine to what is shown already."""
    return 0.0 if vector is None else max((float(vector @ other) for other in shown), default=0.0)


def _penalty(sameness: float) -> float:
    return _SAMENESS * max(0.0, sameness - _SIMILAR)


def _best_passage(vault: Vault, candidates: Candidates, at: int) -> int | None:
    """The passage that stands for a note: where both views agree, or else the one whose view is surer."""
    by_words, by_meaning = int(candidates.by_words[at]), int(candidates.by_meaning[at])
    if by_words == by_meaning == NONE:
        return vault.first_passage(int(candidates.notes[at]))
    surer_by_words = candidates.features[at, _BY_WORDS] > candidates.features[at, _BY_MEANING].max()
    return by_words if by_meaning == NONE or (by_words != NONE and surer_by_words) else by_meaning


def _hit(
    vault: Vault,
    query: Query,
    alike: Likeness | None,
    close: Closest,
    candidates: Candidates,
    at: int,
    row: PassageRow,
    chance: float,
) -> Hit:
    entry = vault.entries[row.note]
    weight = {term: query.idf[term] for term in query.words if term not in stop_terms(query.language)}
    text, language = row.passage.text, entry.language or query.language
    start, end = sentence_that_matters(text, weight, language, alike, entry.title) if text else (0, 0)
    sentence = text[start:end].replace("\n", " ")
    marks = shared_words(sentence, weight, language)
    span = row.passage.in_file(start, end) if text else row.passage.span
    features = dict(zip(FEATURES, candidates.features[at], strict=True))
    return Hit(
        path=entry.path,
        title=entry.title,
        written=vault.date_of(entry),
        headings=row.passage.headings,
        passage=text,
        sentence=sentence,
        span=span,
        line=row.passage.line if start == 0 else vault.line_at(entry.path, span.start) or row.passage.line,
        marks=marks,
        shared=tuple(dict.fromkeys(sentence[a:b] for a, b in marks)),
        found_by=_found_by(features),
        score=chance,
        linked=bool(features["linked"]),
        close=close(sentence, language),
    )


def _found_by(features: dict[str, np.float32]) -> tuple[FoundBy, ...]:
    found: list[FoundBy] = []
    if features["bm25_note"] or features["bm25_passage"]:
        found.append("words")
    if max(features["rank_cosine"], features["unknown_rank_cosine"]) > 0.2:
        found.append("meaning")
    if features["links_here"] or features["co_cited"] or features["coupled"] or features["two_steps"]:
        found.append("links")
    return tuple(found)
