"""The phrase view: how the writer went on, wherever the vault holds the words just typed.

It follows the catalog like the other views.  The keeper writes a segment for what has changed and merges segments of
like size, so that there are few; `view.json` names them and the sequence number that they hold.  Readers map the
files and leave out the passages of notes that have changed or gone since, so that no forgotten word comes back.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.catalog import current_seq, main_language, passages_of, removed_since
from recall_lsp.index.compiled import write_durably
from recall_lsp.index.packed_integers import Integers
from recall_lsp.index.phrase_segment import (
    DEPTH,
    Segment,
    build_segment,
    merged,
    read_segment,
    totals,
    write_segment,
)

_FORMAT = 1
_VIEW = "view.json"
_LIKE = 4
"""A segment less than so many times the size of the next newer one is merged with it."""
_SOON = 300_000
"""Words that are merged at once, some 0.2 s; more wait for a quiet moment."""
_MOST_DEAD = 0.3
_LONGEST = 16
_ENOUGH = 48
"""Matches of the longest context that suffice; with fewer, those of shorter contexts count too."""
_BACK_OFF = 3
_SAMPLE = 2048
_NOTES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Match:
    """A place of the vault whose last `length` words are the ones just typed, and the surfaces of the next three.

    `before` is the stem before those words, another than the one that was typed.  After the end of a sentence the next
    words are empty.  `ordinal` counts the words of `phrase_words.words_of` in the passage up to that place; 0 is before
    the first.
    """

    passage: int
    note: int
    ordinal: int
    length: int
    following: tuple[str, str, str]
    before: str


@dataclass(frozen=True, slots=True)
class Matches:
    """`counts[d]` is how often the last `d + 1` words stand in the vault one after the other."""

    counts: tuple[int, ...]
    found: tuple[Match, ...]


class Phrases:
    """A reader's hold on the view."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[object, ...] = ()
        self._segments: list[tuple[Segment, int]] = []
        self._alive: list[NDArray[np.bool_]] = []
        self._totals: list[NDArray[np.int64]] = []

    def follow(self, catalog: sqlite3.Connection, revision: int) -> None:
        """Take in what the keeper wrote; `revision` changes whenever the catalog has.

        Raises nothing: a view that cannot be read counts as empty until the keeper has mended it.
        """
        try:
            state = (self._folder / _VIEW).stat()
        except OSError:
            self._seen, self._segments = (), []
            return
        seen = (state.st_mtime_ns, state.st_ino, state.st_size)
        if self._seen[1:] == seen and self._seen[0] == revision:
            return
        try:
            if self._seen[1:] != seen:
                named = _read_view(self._folder).segments
                self._segments = [(read_segment(self._folder / name), seq) for name, seq, _ in named]
                self._totals = []
            self._alive = [_alive(catalog, segment, seq) for segment, seq in self._segments]
            self._seen = (revision, *seen)
        except (OSError, ValueError, sqlite3.Error):  # replaced while we looked, or damaged
            self._seen, self._segments = (), []

    @property
    def version(self) -> object:
        """Another whenever what is held may be another."""
        return self._seen

    def held(self, note: int) -> list[int]:
        """The passages of a note that are found here."""
        parts = zip(self._segments, self._alive, strict=True)
        return [int(one) for (segment, _), alive in parts for one in segment.passages[alive & (segment.notes == note)]]

    def __len__(self) -> int:
        """How many words are held."""
        return sum(len(segment.tokens) for segment, _ in self._segments)

    def count(self, stems: Sequence[str]) -> int:
        """How often some words, eight at most, stand one after the other; those of changed notes may count twice."""
        backwards = stems[::-1][:DEPTH]
        ranges = [_ranges(segment, backwards) for segment, _ in self._segments]
        return sum(some[-1][1] - some[-1][0] for some in ranges if len(some) == len(backwards))

    def frequency(self, word: str, *, begun: bool = False) -> int:
        """How often a word stands in the vault; with `begun`, how often any that begins so."""
        if not self._totals:
            self._totals = [totals(segment) for segment, _ in self._segments]
        count = 0
        for (segment, _), total in zip(self._segments, self._totals, strict=True):
            first, last = segment.surfaces_from(word) if begun else segment.surfaces_of(word)
            count += int(total[last] - total[first])
        return count

    def matches(self, stems: Sequence[str], beginning: str, without: int = -1) -> Matches:
        """Where the last words stand, `stems` nearest first, and a word that begins with `beginning` follows.

        The longest contexts first, some shorter ones with them where those are few; none from the note `without`.
        """
        return joined(
            matches_in(segment, alive & (segment.notes != without), stems, beginning)
            for (segment, _), alive in zip(self._segments, self._alive, strict=True)
        )


def matches_in(segment: Segment, alive: NDArray[np.bool_], stems: Sequence[str], beginning: str) -> Matches:
    """The same in one segment, from its passages that are `alive`."""
    ranges = _ranges(segment, stems[:DEPTH])
    return Matches(tuple(high - low for low, high in ranges), tuple(_found(segment, alive, ranges, stems, beginning)))


def joined(parts: Iterable[Matches]) -> Matches:
    """Matches of several segments as of one, the longest first."""
    counts = np.zeros(DEPTH, np.int64)
    found: list[Match] = []
    for part in parts:
        counts[: len(part.counts)] += np.array(part.counts, np.int64)
        found += part.found
    found.sort(key=lambda match: (-match.length, match.passage, match.ordinal))
    return Matches(tuple(int(number) for number in counts if number), tuple(found))


class PhraseWriter:
    """The keeper's hold on the view."""

    def __init__(self, folder: Path) -> None:
        """Opens the view, or starts it from nothing when it is missing, damaged or of another version."""
        self._folder = folder
        folder.mkdir(exist_ok=True)
        try:
            self._view = _read_view(folder)
            if any(_checksum(folder / name) != checksum for name, _, checksum in self._view.segments):
                raise ValueError("damaged")
            self._segments = [(read_segment(folder / name), seq) for name, seq, _ in self._view.segments]
        except (OSError, ValueError):
            self._view, self._segments = _View(0, ()), []

    def update(self, catalog: sqlite3.Connection) -> None:
        """Bring the view up to the catalog; large merges are left to `tidy`.  Raises OSError."""
        seq = current_seq(catalog)
        if self._view.seq > seq:  # the catalog was lost and made anew
            self._view, self._segments = _View(0, ()), []
        if self._view.seq == seq:
            return
        changed = catalog.execute("SELECT id, language FROM notes WHERE seq > ? ORDER BY id", (self._view.seq,))
        main = main_language(catalog)
        languages = {note: language or main for note, language in changed}
        names = list(self._view.segments)
        if languages:
            self._append(names, build_segment(_texts(catalog, languages)), seq)
        while self._mergeable() and sum(len(segment.tokens) for segment, _ in self._segments[-2:]) <= _SOON:
            self._merge(catalog, names, seq)
        self._write(names, seq)

    def rebuild(self, catalog: sqlite3.Connection) -> None:
        """Make the whole view anew from the catalog, so that no word of a forgotten note stays in a file."""
        self._view, self._segments = _View(0, ()), []
        self.update(catalog)

    def tidy(self, catalog: sqlite3.Connection) -> None:
        """Merge what waits for a quiet moment, and forget the words of notes that are gone.  Raises OSError."""
        names = list(self._view.segments)
        before = list(names)
        while self._mergeable():
            self._merge(catalog, names, self._view.seq)
        for at, (segment, seq) in enumerate(self._segments):
            if np.mean(_alive(catalog, segment, seq)) < 1 - _MOST_DEAD:
                self._replace(catalog, names, slice(at, at + 1), self._view.seq)
        if names != before:
            self._write(names, self._view.seq)

    def _mergeable(self) -> bool:
        sizes = [len(segment.tokens) for segment, _ in self._segments[-2:]]
        return len(sizes) == 2 and sizes[0] < _LIKE * sizes[1]

    def _merge(self, catalog: sqlite3.Connection, names: list[tuple[str, int, int]], seq: int) -> None:
        self._replace(catalog, names, slice(len(names) - 2, len(names)), seq)

    def _replace(self, catalog: sqlite3.Connection, names: list[tuple[str, int, int]], which: slice, seq: int) -> None:
        some = self._segments[which]
        whole = merged([segment for segment, _ in some], [_alive(catalog, *pair) for pair in some])
        self._segments[which] = [(whole, seq)]
        names[which] = [self._stored(whole, seq)]

    def _append(self, names: list[tuple[str, int, int]], segment: Segment, seq: int) -> None:
        self._segments.append((segment, seq))
        names.append(self._stored(segment, seq))

    def _stored(self, segment: Segment, seq: int) -> tuple[str, int, int]:
        taken = {path.name for path in self._folder.iterdir()}
        name = next(name for number in count() if (name := f"{seq}-{number}.words") not in taken)
        write_segment(self._folder / name, segment)
        return name, seq, _checksum(self._folder / name)

    def _write(self, names: Sequence[tuple[str, int, int]], seq: int) -> None:
        self._view = _View(seq, tuple(names))
        content = {"format": _FORMAT, "seq": seq, "segments": self._view.segments}
        write_durably(self._folder / _VIEW, json.dumps(content).encode())
        kept = {name for name, *_ in names} | {_VIEW}
        for path in self._folder.iterdir():
            if path.name not in kept:
                path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _View:
    """`segments` are (file name, the catalog's sequence number that it was made at, checksum)."""

    seq: int
    segments: tuple[tuple[str, int, int], ...]


def _read_view(folder: Path) -> _View:
    """Raises OSError or ValueError."""
    table = json.loads((folder / _VIEW).read_text())
    if not isinstance(table, dict) or table.get("format") != _FORMAT:
        raise ValueError("another version")
    try:
        segments = tuple((str(name), int(seq), int(checksum)) for name, seq, checksum in table["segments"])
        return _View(int(table["seq"]), segments)
    except (KeyError, TypeError) as error:
        raise ValueError("damaged") from error


def _texts(catalog: sqlite3.Connection, languages: dict[int, str]) -> Iterator[tuple[int, int, str, str]]:
    notes = list(languages)
    for at in range(0, len(notes), _NOTES_AT_ONCE):
        for row in passages_of(catalog, notes[at : at + _NOTES_AT_ONCE]):
            yield row.id, row.note, row.passage.text, languages[row.note]


def _alive(catalog: sqlite3.Connection, segment: Segment, seq: int) -> NDArray[np.bool_]:
    """Which passages of a segment made at `seq` still stand in the catalog."""
    changed = [row[0] for row in catalog.execute("SELECT id FROM notes WHERE seq > ?", (seq,))]
    return ~np.isin(segment.notes, np.array([*changed, *removed_since(catalog, seq)], np.int32))


def _checksum(path: Path) -> int:
    return zlib.crc32(path.read_bytes())


def _ranges(segment: Segment, stems: Sequence[str]) -> list[tuple[int, int]]:
    """For each context length from 1 on, as far as it stands anywhere, the part of `order` that has it."""
    ranges: list[tuple[int, int]] = []
    low, high = 0, len(segment.order)
    for back, stem in enumerate(stems):
        number = segment.stem(stem)
        if number < 0:
            break
        low, high = segment.narrow(low, high, back, number)
        if low == high:
            break
        ranges.append((low, high))
    return ranges


def _found(
    segment: Segment,
    alive: NDArray[np.bool_],
    ranges: Sequence[tuple[int, int]],
    stems: Sequence[str],
    beginning: str,
) -> list[Match]:
    places: Integers = np.zeros(0, np.int32)
    first, last = segment.surfaces_from(beginning) if beginning else (0, len(segment.stem_of))
    if first == last:
        return []
    for low, high in reversed(ranges[-_BACK_OFF - 1 :] if len(ranges) > 1 else ranges):
        some = segment.order[low : high : max((high - low) // _SAMPLE, 1)]
        some = some[some < len(segment.tokens) - 1]
        following = segment.tokens[some + 1]
        some = some[(following >= first) & (following < last)]
        places = some[alive[segment.passage_at(some)]]
        if len(places) >= _ENOUGH:
            break
    return _matches(segment, places[:: max(len(places) // (4 * _ENOUGH), 1)], stems)


def _matches(segment: Segment, places: Integers, stems: Sequence[str]) -> list[Match]:
    if not len(places):
        return []
    wanted = [segment.stem(stem) for stem in stems[:_LONGEST]]
    same = np.stack([segment.stems_at(places, back) == stem for back, stem in enumerate(wanted)], 1)
    lengths = np.cumprod(same, 1).sum(1)
    following = np.zeros((len(places), 3), np.int32)
    for ahead in range(3):
        follows = segment.tokens[np.minimum(places + 1 + ahead, len(segment.tokens) - 1)]
        following[:, ahead] = follows if not ahead else np.where(following[:, ahead - 1], follows, 0)
    words = {number: segment.surface(number) for number in np.unique(following).tolist()}
    before = segment.stems_at(places, lengths.astype(np.int32)).tolist()
    stems_before = {number: segment.stem_word(number) for number in set(before)}
    at = segment.passage_at(places)
    columns = (segment.passages[at], segment.notes[at], places - segment.starts[at], lengths)
    return [
        Match(passage, note, ordinal, length, (words[first], words[second], words[third]), stems_before[stem])
        for passage, note, ordinal, length, (first, second, third), stem in zip(
            *(column.tolist() for column in columns), following.tolist(), before, strict=True
        )
    ]
