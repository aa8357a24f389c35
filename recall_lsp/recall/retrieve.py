"""Candidates from both views and from the links: which notes may belong to the moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.int8_rows import Nearest
from recall_lsp.index.lexical import Scored
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.vault import Vault
from recall_lsp.recall.evidence import evidence
from recall_lsp.recall.features import Found, features
from recall_lsp.recall.model import Moment
from recall_lsp.recall.neighbourhood import Neighbourhood
from recall_lsp.recall.query import Query

DEPTH = 100
_DEEPER = 5
"""Times as many are taken where some are then hidden."""
_NEIGHBOURS = 60
_VOTED = 40
_BESIDE = ThreadPoolExecutor(1, "words")
_ByWords = tuple[Scored, Scored, Scored]
"""Notes and passages by the paragraph, and notes by the note so far."""
_ByMeaning = tuple[Nearest | None, Nearest | None]
"""Passages by the paragraph, and notes by the note so far."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Notes [n], ascending, their features [n, len(FEATURES)] and the evidence that they are related at all
    [n, len(EVIDENCE)], with the passage of each that the full-text view and that the vectors like best (NONE where
    there is none)."""

    notes: NDArray[np.int64]
    features: NDArray[np.float32]
    evidence: NDArray[np.float32]
    by_words: NDArray[np.int64]
    by_meaning: NDArray[np.int64]


def retrieve(vault: Vault, moment: Moment, query: Query) -> Candidates:
    """Up to some 400 candidates, without the note that is being written and those that its scope hides."""
    hidden = vault.hidden_from(moment.note.path)
    depth = DEPTH if hidden is None else _DEEPER * DEPTH
    words, meaning = _search(vault, query, depth)
    if hidden is not None:
        shown = frozenset(note for note, entry in vault.entries.items() if not hidden(entry.path))
        words = (_shown(words[0], shown), _shown(words[1], shown), _shown(words[2], shown))
        meaning = (_shown_nearest(meaning[0], shown), _shown_nearest(meaning[1], shown))
    near = Neighbourhood(vault, moment)
    rankings = [np.array(scored.notes, np.int64) for scored in words]
    rankings += [nearest.notes for nearest in meaning if nearest is not None]
    votes = near.votes([rankings[0].tolist(), rankings[1].tolist(), *(ranking.tolist() for ranking in rankings[3:])])
    by_words = near.cited_beside(words[1].keys, words[1].notes)
    by_meaning = (
        {} if meaning[0] is None else near.cited_beside(meaning[0].passages.tolist(), meaning[0].notes.tolist())
    )
    linked = near.best(_NEIGHBOURS) + [note for some in (votes, by_words, by_meaning) for note in _best(some, _VOTED)]
    ids = vault.traits.known(np.unique(np.concatenate([*rankings, np.array(linked, np.int64)])))
    ids = ids[ids != near.own]
    if hidden is not None:
        ids = ids[[note in shown for note in ids.tolist()]]
    found = Found(ids, *words, meaning[0], votes, by_words, by_meaning)
    table = features(vault, moment, query, found, near)
    clues = evidence(vault, query, table, new=near.own < 0)
    return Candidates(ids, table, clues, found.passage_by_words, found.passage_by_meaning)


def _best(votes: Mapping[int, float], most: int) -> list[int]:
    return sorted(votes, key=lambda note: (-votes[note], note))[:most]


def _shown(scored: Scored, shown: Collection[int]) -> Scored:
    """What of a view's answer is of the notes shown, as if there were no others."""
    rows = zip(scored.keys, scored.scores, scored.notes, strict=True)
    kept = [row for row in rows if row[2] in shown]
    return Scored(*map(tuple, zip(*kept, strict=True))) if kept else Scored()


def _shown_nearest(nearest: Nearest | None, shown: Collection[int]) -> Nearest | None:
    if nearest is None:
        return None
    kept = np.array([note in shown for note in nearest.notes.tolist()], bool)
    return replace(nearest, passages=nearest.passages[kept], notes=nearest.notes[kept], cosines=nearest.cosines[kept])


def _search(vault: Vault, query: Query, depth: int) -> tuple[_ByWords, _ByMeaning]:
    """What both views find: Tantivy searches while the model, which takes longer, runs in this thread; neither holds
    the interpreter."""
    matrix = vault.meaning
    if matrix is None or not len(matrix):
        return _search_words(vault, query, depth), (None, None)
    searching = _BESIDE.submit(_search_words, vault, query, depth)
    meaning = _search_meaning(matrix, query, depth)
    return searching.result(), meaning


def _search_words(vault: Vault, query: Query, depth: int) -> _ByWords:
    if vault.lexical is None:
        return (Scored(),) * 3
    return (
        vault.lexical.search_notes(query.words, depth),
        vault.lexical.search_passages(query.words, depth),
        vault.lexical.search_notes(query.note_words, depth // 2, {"body": 1.0}),
    )


def _search_meaning(matrix: Matrix, query: Query, depth: int) -> _ByMeaning:
    if query.meaning is None:
        return None, None
    so_far = query.note_meaning if query.note_meaning is not None else query.meaning
    return matrix.nearest(query.meaning, 2 * depth), matrix.nearest_notes(so_far, depth // 2)
