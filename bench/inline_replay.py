"""Held-out notes typed key by key: what each system would offer before each key, and whether it is what came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from time import process_time

import numpy as np
from inline_baselines import History, ngram, prefix_match
from inline_data import Writing, digest
from numpy.typing import NDArray

from recall_lsp.index.assurance import Assurance
from recall_lsp.index.phrase_segment import Segment
from recall_lsp.index.vault import Vault
from recall_lsp.recall.continuation import FEATURES, LEAST_OFFERED, continuations, size
from recall_lsp.recall.foretold import LOOKED_AT, PASSED_BY, first_words, learned, said, surer
from recall_lsp.recall.writable import in_markup

Array = NDArray[np.float64]
JUDGED = ("key", "score", "right", "saved", "length", "whole", "ghost", "words")
WORDS = 3
_HOPE = 0.15
"""What has less than this part of the chance that is asked for never comes to it by learning."""
TIMED = 8
"""Every so many keys one is timed."""


@dataclass(frozen=True, slots=True)
class Record:
    """`places` [keys, 2]: the note's number and the offset of each key; `seconds` [keys / TIMED] that ours took.

    For each system a table [candidates, JUDGED] of its candidates, ours with FEATURES after that: the number of the
    key, the score, whether it was right, how many of its letters came, its length, whether all came, and
    numbers for the line as it would then stand, by which a ghost is known again at the next key, and for its words.
    """

    places: Array
    seconds: Array
    tables: dict[str, Array]


def replay(vault: Vault, segment: Segment, past: History, writings: Iterable[Writing]) -> Record:
    places: list[tuple[float, float]] = []
    seconds: list[float] = []
    tables: dict[str, list[tuple[float, ...]]] = {"ours": [], "n-gram": [], "history": []}
    for number, writing in enumerate(writings):
        language = vault.language_of(writing.note)
        for at in writing.places:
            key = len(places)
            places.append((number, at))
            if in_markup(writing.text[writing.text.rfind("\n", 0, at) + 1 : at]):
                continue
            timed = key % TIMED == 0  # to look at the clock takes time itself
            start = process_time() if timed else 0.0
            found = continuations(vault, writing.path, writing.text, at, language)
            if timed:
                seconds.append(process_time() - start)
            for one in found:
                tables["ours"].append((*_judged(key, writing.text, at, one.text, one.chance), *one.features))
            guesses = {"n-gram": ngram(segment, writing.text, at), "history": prefix_match(past, writing.text, at)}
            for name, guessed in guesses.items():
                seen = [guess for guess in guessed if size(guess[0]) >= LEAST_OFFERED]
                tables[name] += [_judged(key, writing.text, at, *guess) for guess in seen]
    widths = {"ours": len(JUDGED) + len(FEATURES)}
    arrays = {name: np.array(rows, float).reshape(-1, widths.get(name, len(JUDGED))) for name, rows in tables.items()}
    return Record(np.array(places, float), np.array(seconds), arrays)


def _judged(key: int, text: str, at: int, offered: str, score: float) -> tuple[float, ...]:
    """Right is what begins as the writer went on, for three words or all that it has."""
    rest = text[at : at + len(offered)]
    least = first_words(offered)
    saved = next((n for n, (a, b) in enumerate(zip(offered, rest, strict=False)) if a != b), len(rest))
    line = text[text.rfind("\n", 0, at) + 1 : at] + offered
    ghost = digest(line) % (1 << 48)
    words = digest(said(text, at, offered)) % (1 << 48)
    return key, score, rest.startswith(least), saved, len(offered), rest == offered, ghost, words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of showing all candidates above a threshold and accepting the right ones at once."""

    keys: int
    offers: int
    right: int
    whole: int
    saved: int


def outcome(record: Record, table: Array, threshold: float, *, learning: bool = False) -> Outcome:
    """At each key the candidate that promises to save most is shown; a ghost that stays is one offer.

    A right offer is accepted at once: the letters of it that come are not typed.  With `learning` the vault's writer
    teaches, from the first key on, how sure the candidates are, as in the server.
    """
    assurance, passed_by = Assurance(), deque[float](maxlen=PASSED_BY)
    offers = right = whole = saved = 0
    skip_note, skip_to, last_shown, last_learned = -1.0, -1.0, -1.0, -1.0
    least = min(threshold, LOOKED_AT) if learning else threshold
    hopeful = table[table[:, 1] >= least * _HOPE if learning else table[:, 1] >= least, : len(JUDGED)]
    for key, some in groupby(sorted(hopeful.tolist()), itemgetter(0)):
        note, at = record.places[int(key)]
        if note == skip_note and at < skip_to:
            continue
        found = [(surer(assurance, row[1]) if learning else row[1], row) for row in some]
        found = [(chance, row) for chance, row in found if chance >= least and row[-1] not in passed_by]
        shown = [pair for pair in found if pair[0] >= threshold]
        if not found:
            continue
        chance, row = max(shown or found, key=lambda pair: min(pair[0], 1) * pair[1][4])
        _, _, is_right, letters, _, is_whole, ghost, words = row
        if learning and ghost != last_learned:
            assurance, last_learned = learned(assurance, chance, bool(is_right)), ghost
            if not is_right:
                passed_by.append(words)
        if not shown:
            continue
        if ghost != last_shown:
            offers += 1
            right, whole = right + int(is_right), whole + int(is_whole)
        last_shown = ghost
        if is_right:
            saved += int(letters)
            skip_note, skip_to = note, at + letters
    return Outcome(len(record.places), offers, right, whole, saved)


def save(path: str, record: Record) -> None:
    np.savez_compressed(path, places=record.places, seconds=record.seconds, **record.tables)  # type: ignore[arg-type]


def load(path: str) -> Record:
    table = np.load(path)
    tables = {name: table[name] for name in ("ours", "n-gram", "history")}
    return Record(table["places"], table["seconds"], tables)
