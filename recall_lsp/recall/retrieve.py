"""Candidates from both views and from the links, with what is known of each: a row of features a note."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.lexical import Scored
from recall_lsp.index.vault import Vault
from recall_lsp.index.vectors import Nearest
from recall_lsp.recall.model import Moment
from recall_lsp.recall.query import Query

DEPTH = 100
_NEIGHBOURS = 60
_RANK_OFFSET = 10.0
_BM25_BOUND = 2.2

FEATURES = (
    "bm25_note", "bm25_passage", "bm25_so_far", "rank_note", "rank_passage",
    "share_note", "share_passage", "title_covered", "title_weight",
    "cosine", "cosine_z", "rank_cosine", "cosine_note", "cosine_so_far",
    "unknown_cosine", "unknown_cosine_z", "unknown_rank_cosine", "unknown_cosine_note", "unknown_cosine_so_far",
    "in_degree", "links_here", "co_cited", "coupled", "two_steps", "same_folder", "same_tags", "length", "linked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidates:
    """Notes [n] and their features [n, len(FEATURES)], with the passage that each view likes best in a note."""

    notes: NDArray[np.int64]
    features: NDArray[np.float32]
    by_words: Mapping[int, tuple[int, float]]
    by_meaning: Mapping[int, tuple[int, float]]
    best_bm25: float


def retrieve(vault: Vault, moment: Moment, query: Query) -> Candidates:
    """Up to some 400 candidates, without the note that is being written."""
    notes, passages, so_far = _search_words(vault, query)
    nearest, nearest_notes = _search_meaning(vault, query)
    by_words = _best_passages(passages)
    by_meaning: dict[int, tuple[int, float]] = {}
    if nearest is not None:
        for passage, note, cosine in zip(nearest.passages, nearest.notes, nearest.cosines, strict=True):
            by_meaning.setdefault(int(note), (int(passage), float(cosine)))
    links = _Links(vault, moment)
    found = {*notes.keys, *by_words, *so_far.keys, *by_meaning, *links.neighbours()}
    if nearest_notes is not None:
        found.update(int(note) for note in nearest_notes.notes)
    found.discard(links.own)
    ids = sorted(note for note in found if note in vault.entries)
    table = np.zeros((len(ids), len(FEATURES)), np.float32)
    if ids:
        column = {name: table[:, at] for at, name in enumerate(FEATURES)}
        _fill_words(column, vault, query, ids, notes, by_words, so_far)
        if nearest is not None:
            _fill_meaning(column, vault, query, ids, nearest, by_meaning)
        _fill_links(column, links, ids)
        _fill_traits(column, vault, moment, ids)
    return Candidates(np.array(ids, np.int64), table, by_words, by_meaning, max(passages.scores, default=1.0))


def _search_words(vault: Vault, query: Query) -> tuple[Scored, Scored, Scored]:
    if vault.lexical is None:
        return (Scored(),) * 3
    return (
        vault.lexical.search_notes(query.words, DEPTH),
        vault.lexical.search_passages(query.words, DEPTH),
        vault.lexical.search_notes(query.note_words, DEPTH // 2, {"body": 1.0}),
    )


def _search_meaning(vault: Vault, query: Query) -> tuple[Nearest | None, Nearest | None]:
    if vault.matrix is None or query.meaning is None or not len(vault.matrix):
        return None, None
    so_far = query.note_meaning if query.note_meaning is not None else query.meaning
    return vault.matrix.nearest(query.meaning, 2 * DEPTH), vault.matrix.nearest_notes(so_far, DEPTH // 2)


def _best_passages(passages: Scored) -> dict[int, tuple[int, float]]:
    """Note to (its best passage, BM25), best first."""
    best: dict[int, tuple[int, float]] = {}
    for note, passage, score in zip(passages.notes, passages.keys, passages.scores, strict=True):
        best.setdefault(note, (passage, score))
    return best


Columns = Mapping[str, NDArray[np.float32]]


def _fill_words(
    column: Columns,
    vault: Vault,
    query: Query,
    ids: list[int],
    notes: Scored,
    by_words: Mapping[int, tuple[int, float]],
    so_far: Scored,
) -> None:
    passage_scores = {note: score for note, (_, score) in by_words.items()}
    for name, rank, scores in (
        ("bm25_note", "rank_note", dict(zip(notes.keys, notes.scores, strict=True))),
        ("bm25_passage", "rank_passage", passage_scores),
        ("bm25_so_far", None, dict(zip(so_far.keys, so_far.scores, strict=True))),
    ):
        best = max(scores.values(), default=1.0)
        column[name][:] = [scores.get(note, 0.0) / best for note in ids]
        if rank:
            column[rank][:] = _reciprocal_ranks(scores, ids)
    # What a text that said all of it, often, would get: BM25's bound, so that scores compare across moments.
    most = sum(weight * query.idf[term] for term, weight in query.words.items()) * _BM25_BOUND or 1.0
    column["share_note"][:] = column["bm25_note"] * max(notes.scores, default=0.0) / most
    column["share_passage"][:] = column["bm25_passage"] * max(passage_scores.values(), default=0.0) / most
    total = sum(sorted((query.idf[term] for term in query.words), reverse=True)[:8]) or 1.0
    for at, note in enumerate(ids):
        title = vault.title_terms(note)
        shared = sum(query.idf[term] for term in title if term in query.words)
        if shared:
            whole = sum(query.idf.get(term) or vault.inverse_frequency(term) for term in title)
            column["title_covered"][at] = shared / max(whole, shared)
            column["title_weight"][at] = min(shared / total, 1.0)


def _fill_meaning(
    column: Columns,
    vault: Vault,
    query: Query,
    ids: list[int],
    nearest: Nearest,
    by_meaning: dict[int, tuple[int, float]],
) -> None:
    assert vault.matrix is not None and query.meaning is not None
    others = [note for note in ids if note not in by_meaning]
    by_meaning |= vault.matrix.best_of(others, query.meaning)
    prefix = "" if query.knows_language else "unknown_"
    cosines = np.array([by_meaning[note][1] if note in by_meaning else nearest.mean for note in ids], np.float32)
    column[prefix + "cosine"][:] = cosines
    column[prefix + "cosine_z"][:] = (cosines - nearest.mean) / nearest.deviation / 5.0
    ranked = {note: cosine for note, cosine in zip(ids, cosines, strict=True) if note in by_meaning}
    column[prefix + "rank_cosine"][:] = _reciprocal_ranks(ranked, ids)
    means = vault.matrix.means_of(ids)
    column[prefix + "cosine_note"][:] = means @ query.meaning
    if query.note_meaning is not None:
        column[prefix + "cosine_so_far"][:] = means @ query.note_meaning


def _reciprocal_ranks(scores: Mapping[int, float], ids: list[int]) -> list[float]:
    ranked = sorted(scores, key=lambda note: (-scores[note], note))
    place = {note: at for at, note in enumerate(ranked)}
    return [_RANK_OFFSET / (_RANK_OFFSET + place[note]) if note in place else 0.0 for note in ids]


class _Links:
    """The link graph as it looks from the buffer: its own links, never those of its file on disk."""

    def __init__(self, vault: Vault, moment: Moment) -> None:
        self._graph = vault.graph
        self.own = vault.ids.get(moment.note.path, -1)
        self.out = vault.outlinks(moment.note)
        self.back = vault.graph.backlinks(self.own) if self.own >= 0 else frozenset()
        self._citing_near = self.back.union(*(self.citing(near) for near in self.out))

    def citing(self, note: int) -> frozenset[int]:
        """Who links to `note`, the note being written left out."""
        return self._graph.backlinks(note) - {self.own}

    def neighbours(self) -> list[int]:
        """Notes one or two links away, the best connected first."""
        weight: dict[int, float] = {}
        _spread(weight, self.back, 2.0)
        _spread(weight, self.out, 1.0)
        for near in sorted(self.out)[:50]:
            citing = self.citing(near)
            _spread(weight, self._graph.outlinks(near), 1.0 / (1 + len(self._graph.outlinks(near))))
            if len(citing) < 100:
                _spread(weight, citing, 1.0 / (1 + len(citing)))
                for other in citing:
                    _spread(weight, self._graph.outlinks(other), 0.5 / (1 + len(citing)))
        for near in sorted(self.back)[:50]:
            _spread(weight, self._graph.outlinks(near), 1.0 / (1 + len(self._graph.outlinks(near))))
        return sorted(weight, key=lambda note: (-weight[note], note))[:_NEIGHBOURS]

    def citations(self, note: int) -> tuple[float, float, float]:
        """(in-degree, how much of what links to `note` links to the same notes as the buffer or to the buffer, how
        many of the notes linked here link on to it), each to about 0..1."""
        citing = self.citing(note)
        if not citing:
            return 0.0, 0.0, 0.0
        co_cited = len(citing & self._citing_near) / math.sqrt(len(citing))
        return math.log1p(len(citing)) / 5.0, min(co_cited, 3.0) / 3.0, math.log1p(len(citing & self.out)) / 2.0

    def coupled(self, note: int) -> float:
        """The share of common targets of the buffer's links and those of `note`."""
        theirs = self._graph.outlinks(note)
        shared = len(self.out & theirs)
        return shared / math.sqrt(len(self.out) * len(theirs)) if shared else 0.0


def _spread(weight: dict[int, float], notes: Iterable[int], amount: float) -> None:
    for note in notes:
        weight[note] = weight.get(note, 0.0) + amount


def _fill_links(column: Columns, links: _Links, ids: list[int]) -> None:
    for at, note in enumerate(ids):
        column["in_degree"][at], column["co_cited"][at], column["two_steps"][at] = links.citations(note)
        column["coupled"][at] = links.coupled(note)
    column["links_here"][:] = [note in links.back for note in ids]
    column["linked"][:] = [note in links.out for note in ids]


def _fill_traits(column: Columns, vault: Vault, moment: Moment, ids: list[int]) -> None:
    folder = moment.note.path.rpartition("/")[0]
    tags = frozenset(moment.note.tags)
    for at, note in enumerate(ids):
        entry = vault.entries[note]
        column["same_folder"][at] = float(entry.path.rpartition("/")[0] == folder)
        if tags and entry.tags:
            column["same_tags"][at] = len(tags & set(entry.tags)) / len(tags | set(entry.tags))
        column["length"][at] = math.log1p(entry.letters) / 10.0
