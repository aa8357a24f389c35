"""What is known of each candidate, as a row of features: columns are filled for all candidates at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.int8_rows import Nearest
from recall_lsp.index.lexical import Scored
from recall_lsp.index.name_terms import fold
from recall_lsp.index.vault import Vault
from recall_lsp.recall.model import Moment
from recall_lsp.recall.neighbourhood import Neighbourhood
from recall_lsp.recall.query import Query

_RANK_OFFSET = 10.0
_BM25_BOUND = 2.2
FEW = 200
"""Fewer notes than this are few: the most alike of them are not much alike."""
NONE = -1

FEATURES = (
    "bm25_note", "bm25_passage", "bm25_so_far", "rank_note", "rank_passage",
    "share_note", "share_passage", "title_covered", "title_weight",
    "cosine", "cosine_z", "rank_cosine", "cosine_note", "cosine_so_far",
    "unknown_cosine", "unknown_cosine_z", "unknown_rank_cosine", "unknown_cosine_note", "unknown_cosine_so_far",
    "both", "alias_covered", "title_said", "title_so_far", "hub",
    "in_degree", "out_degree", "links_here", "co_cited", "coupled", "two_steps", "votes", "votes_share",
    "cited_words", "cited_meaning", "cited_share",
    "same_folder", "near_folder", "same_tags", "length", "linked",
)  # fmt: skip

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Columns = Mapping[str, Floats]


class Found:
    """What the views found, laid out along the candidates `ids` [n], which ascend."""

    def __init__(
        self,
        ids: Ids,
        notes: Scored,
        passages: Scored,
        so_far: Scored,
        nearest: Nearest | None,
        votes: Mapping[int, float],
        cited_by_words: Mapping[int, float],
        cited_by_meaning: Mapping[int, float],
    ) -> None:
        self.ids = ids
        self.nearest = nearest
        self.by_note = self.lay(notes.notes, notes.scores)
        self.by_passage = self.lay(passages.notes, passages.scores)
        self.by_so_far = self.lay(so_far.notes, so_far.scores)
        self.votes = self.lay_out(votes)
        self.cited_by_words, self.cited_by_meaning = self.lay_out(cited_by_words), self.lay_out(cited_by_meaning)
        self.passage_by_words = self._lay_ids(passages.notes, passages.keys)
        self.passage_by_meaning = np.full(len(ids), NONE, np.int64)

    def lay(self, notes: Sequence[int] | Ids, values: Sequence[float] | Floats) -> Floats:
        """Values of notes, best first, along the candidates [n]: each note's first, 0 where there is none."""
        laid = np.zeros(len(self.ids), np.float32)
        at, there = self.places(notes)
        laid[at] = np.asarray(values, np.float32)[there]
        return laid

    def lay_out(self, values: Mapping[int, float]) -> Floats:
        """The same from a mapping of notes."""
        return self.lay(_ids(values), np.fromiter(values.values(), np.float32, len(values)))

    def _lay_ids(self, notes: Sequence[int] | Ids, values: Sequence[int] | Ids) -> Ids:
        laid = np.full(len(self.ids), NONE, np.int64)
        at, there = self.places(notes)
        laid[at] = np.asarray(values, np.int64)[there]
        return laid

    def places(self, notes: Sequence[int] | Ids) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """(places among the candidates, places in `notes`) of those notes that are candidates, the last first: of what
        is set there in turn the first stays."""
        wanted = np.asarray(notes, np.int64)
        at = np.searchsorted(self.ids, wanted)
        at[at == len(self.ids)] = 0
        there = np.flatnonzero(self.ids[at] == wanted)[::-1] if len(self.ids) else np.zeros(0, np.intp)
        return at[there], there


def trust(vault: Vault) -> float:
    """0..1: of fewer notes than some little can be told about what belongs to them: doubt counts in proportion."""
    return min(1.0, len(vault.entries) / FEW)


def features(vault: Vault, moment: Moment, query: Query, found: Found, near: Neighbourhood) -> Floats:
    """The table [n, len(FEATURES)] of the candidates; `found` learns the passage nearest by meaning of each."""
    table = np.zeros((len(FEATURES), len(found.ids)), np.float32)
    if len(found.ids):
        column = dict(zip(FEATURES, table, strict=True))
        _fill_words(column, query, found)
        _fill_names(column, vault, moment, query, found.ids)
        if found.nearest is not None:
            _fill_meaning(column, vault, query, found, found.nearest)
        _fill_links(column, vault, near, found)
        _fill_traits(column, vault, moment, found.ids)
    return np.ascontiguousarray(table.T)


def _fill_words(column: Columns, query: Query, found: Found) -> None:
    # What a text that said all of it, often, would get: BM25's bound, so that scores compare across moments.
    most = sum(weight * query.idf[term] for term, weight in query.words.items()) * _BM25_BOUND or 1.0
    for name, share, scores in (
        ("note", "share_note", found.by_note),
        ("passage", "share_passage", found.by_passage),
        ("so_far", "", found.by_so_far),
    ):
        column["bm25_" + name][:] = scores / (float(scores.max()) or 1.0)
        if share:
            column[share][:] = scores / most
            column["rank_" + name][:] = _reciprocal_ranks(scores, scores > 0)


def _fill_names(column: Columns, vault: Vault, moment: Moment, query: Query, ids: Ids) -> None:
    """What of the notes' names the paragraph and the note so far say."""
    said = fold(moment.paragraph)
    total = sum(sorted((query.idf[term] for term in query.words), reverse=True)[:8]) or 1.0
    names = vault.names_heard(ids, query.idf, query.words)
    whole = np.where(names.whole > 0, names.whole, 1.0)
    titles, aliases = names.at[names.title], names.at[~names.title]
    covered = names.asked / whole
    column["title_covered"][titles] = covered[names.title]
    column["title_weight"][titles] = np.minimum(names.asked[names.title] / total, 1.0)
    column["title_so_far"][titles] = (names.heard / whole)[names.title]
    np.maximum.at(column["alias_covered"], aliases, covered[~names.title])
    for at, shared, folded in zip(names.at.tolist(), names.asked.tolist(), names.folded, strict=True):
        if shared and folded and folded in said:
            column["title_said"][at] = 1.0


def _fill_meaning(column: Columns, vault: Vault, query: Query, found: Found, nearest: Nearest) -> None:
    assert vault.matrix is not None and query.meaning is not None
    at, there = found.places(nearest.notes)
    cosines = np.full(len(found.ids), nearest.mean, np.float32)
    cosines[at], found.passage_by_meaning[at] = nearest.cosines[there], nearest.passages[there]
    others = np.flatnonzero(found.passage_by_meaning == NONE)
    passages, near = vault.matrix.best_of(found.ids[others], query.meaning)
    known = passages != NONE
    found.passage_by_meaning[others], cosines[others[known]] = passages, near[known]
    prefix = "" if query.knows_language else "unknown_"
    column[prefix + "cosine"][:] = cosines
    column[prefix + "cosine_z"][:] = (cosines - nearest.mean) / nearest.deviation / 5.0
    column[prefix + "rank_cosine"][:] = _reciprocal_ranks(cosines, found.passage_by_meaning != NONE)
    so_far = query.note_meaning if query.note_meaning is not None else query.meaning
    means = vault.matrix.mean_cosines(found.ids, np.stack([query.meaning, so_far, vault.matrix.centre]))
    column[prefix + "cosine_note"][:] = means[0]
    if query.note_meaning is not None:
        column[prefix + "cosine_so_far"][:] = means[1]
    column["hub"][:] = means[2]
    column["both"][:] = column["rank_note"] * column[prefix + "rank_cosine"]


def _reciprocal_ranks(scores: Floats, there: NDArray[np.bool_]) -> Floats:
    """10 / (10 + rank) from 1 for the best downward; 0 for those that are not there."""
    ranks = np.zeros(len(scores), np.float32)
    best = np.argsort(-scores, kind="stable")
    best = best[there[best]]
    ranks[best] = _RANK_OFFSET / (_RANK_OFFSET + np.arange(len(best)))
    return ranks


def _fill_links(column: Columns, vault: Vault, near: Neighbourhood, found: Found) -> None:
    degree = near.in_degrees(found.ids).astype(np.float32)
    column["in_degree"][:] = np.log1p(degree) / 5.0
    column["out_degree"][:] = np.log1p(near.out_degrees(found.ids).astype(np.float32)) / 5.0
    column["votes"][:] = found.votes
    column["votes_share"][:] = found.votes / (float(found.votes.max()) or 1.0)
    # Words alone have half a say: the weights were fitted where meaning spoke too.  And among few notes the most alike
    # are not much alike: what they cite has a say in proportion.
    say = (1.0 if found.nearest is not None else 0.5) * trust(vault)
    cited = found.cited_by_words + found.cited_by_meaning
    column["cited_words"][:], column["cited_meaning"][:] = say * found.cited_by_words, say * found.cited_by_meaning
    column["cited_share"][:] = say * cited / (float(cited.max()) or 1.0)
    co_cited = found.lay_out(near.co_cited) / np.sqrt(np.maximum(degree, 1.0))
    column["co_cited"][:] = np.minimum(co_cited, 3.0) / 3.0
    column["two_steps"][:] = np.log1p(found.lay_out(near.two_steps)) / 2.0
    column["coupled"][:] = found.lay_out(near.coupled)
    column["links_here"][found.places(_ids(near.back))[0]] = 1.0
    column["linked"][found.places(_ids(near.out))[0]] = 1.0


def _ids(notes: Iterable[int]) -> Ids:
    return np.fromiter(notes, np.int64)


def _fill_traits(column: Columns, vault: Vault, moment: Moment, ids: Ids) -> None:
    column["same_folder"][:] = vault.traits.folder[ids] == vault.traits.folder_of(moment.note.path)
    column["near_folder"][:] = vault.traits.nearness(ids, moment.note.path)
    column["length"][:] = vault.traits.length[ids] / 10.0
    tags = frozenset(moment.note.tags)
    if tags:
        column["same_tags"][:] = vault.traits.tags_shared(ids, tags)
