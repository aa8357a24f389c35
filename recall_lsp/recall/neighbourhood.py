"""The link graph as it looks from the buffer: its own links, never those of its file on disk.

Everything is counted outward from the notes that the buffer links to or that link to it, so the cost is that of the
neighbourhood and not of the candidates.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.vault import Vault
from recall_lsp.recall.model import Moment

_MOST_NEAR = 50
_MOST_CITING = 100
"""What is cited beside a hub has little to do with it; and a request's work is bounded."""
_VOTERS = 30
_RANK_OFFSET = 10
_CITING_PASSAGES = 50
_CITING_OFFSET = 5


class Neighbourhood:
    """`own` is the id of the note being written (-1 for a new one), `out` what it links to, `back` what links to it."""

    def __init__(self, vault: Vault, moment: Moment) -> None:
        self._vault, self._graph = vault, vault.graph
        self.own = vault.ids.get(moment.note.path, -1)
        self.out = vault.outlinks(moment.note)
        self.back = vault.graph.backlinks(self.own) if self.own >= 0 else frozenset[int]()
        self._on_disk = vault.graph.outlinks(self.own) if self.own >= 0 else frozenset[int]()

    def citing(self, note: int) -> frozenset[int]:
        """Who links to `note`, the note being written left out."""
        citing = self._graph.backlinks(note)
        return citing - {self.own} if note in self._on_disk else citing

    def cited_beside(self, passages: Iterable[int], notes: Iterable[int]) -> dict[int, float]:
        """What the passages that are most like the moment, best first, link to, with a say by their rank.

        Whoever wrote such a passage had that note in mind.  `notes` are those that the passages stand in.
        """
        citing = (
            pair for pair in zip(passages, notes, strict=True) if pair[1] != self.own and self._graph.outlinks(pair[1])
        )
        some = list(islice(citing, _CITING_PASSAGES))
        votes: dict[int, float] = {}
        rank = 0
        for cited in self._vault.cited_by([passage for passage, _ in some], [note for _, note in some]):
            if cited:
                _spread(votes, cited, 1.0 / (_CITING_OFFSET + rank) / math.sqrt(len(cited)))
                rank += 1
        return votes

    def in_degrees(self, notes: NDArray[np.int64]) -> NDArray[np.int32]:
        """How many link to each of the note ids [n], the note being written left out."""
        return self._graph.in_degrees.of(notes) - np.isin(notes, list(self._on_disk))

    def best(self, most: int) -> list[int]:
        """Notes one or two links away, the best connected first."""
        weight: dict[int, float] = {}
        _spread(weight, self.back, 2.0)
        _spread(weight, self.out, 1.0)
        for near in sorted(self.out)[:_MOST_NEAR]:
            citing, cited = self.citing(near), self._graph.outlinks(near)
            _spread(weight, cited, 1.0 / (1 + len(cited)))
            if len(citing) < _MOST_CITING:
                _spread(weight, citing, 1.0 / (1 + len(citing)))
                for other in citing:
                    _spread(weight, self._graph.outlinks(other), 0.5 / (1 + len(citing)))
        for near in sorted(self.back)[:_MOST_NEAR]:
            cited = self._graph.outlinks(near)
            _spread(weight, cited, 1.0 / (1 + len(cited)))
        return sorted(weight, key=lambda note: (-weight[note], note))[:most]

    @cached_property
    def co_cited(self) -> Counter[int]:
        """Note to how many link to it and to the buffer, or to what the buffer links to."""
        return self._cited_by(self.back.union(*map(self.citing, self.out)))

    @cached_property
    def two_steps(self) -> Counter[int]:
        """Note to how many of the notes linked here link on to it."""
        return self._cited_by(self.out)

    @cached_property
    def coupled(self) -> dict[int, float]:
        """Note to the share of common targets of the buffer's links and its own."""
        shared = Counter(other for near in self.out for other in self.citing(near))
        outlinks = self._graph.outlinks
        return {note: count / math.sqrt(len(self.out) * len(outlinks(note))) for note, count in shared.items()}

    def votes(self, rankings: Iterable[Iterable[int]]) -> dict[int, float]:
        """What the notes that are most like the moment link to: whoever wrote of this before had it at hand.

        A note's say is the sum of its reciprocal ranks, shared out among its links.
        """
        say: dict[int, float] = {}
        for ranking in rankings:
            others = dict.fromkeys(note for note in ranking if note != self.own)
            for rank, note in enumerate(islice(others, _VOTERS)):
                say[note] = say.get(note, 0.0) + 1.0 / (_RANK_OFFSET + rank)
        votes: dict[int, float] = {}
        for note in sorted(say, key=lambda note: (-say[note], note))[:_VOTERS]:
            cited = self._graph.outlinks(note)
            _spread(votes, cited, 5.0 * say[note] / math.sqrt(1 + len(cited)))
        return votes

    def out_degrees(self, notes: NDArray[np.int64]) -> NDArray[np.int32]:
        return self._graph.out_degrees.of(notes)

    def _cited_by(self, notes: Iterable[int]) -> Counter[int]:
        return Counter(cited for note in notes if note != self.own for cited in self._graph.outlinks(note))


def _spread(weight: dict[int, float], notes: Iterable[int], amount: float) -> None:
    for note in notes:
        weight[note] = weight.get(note, 0.0) + amount
