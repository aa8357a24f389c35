"""A part of the phrase view: the words of some passages, and all places in them sorted by what stands before.

`order` is a suffix array over the text read backwards, cut at eight words: the places whose last words are the
words just typed lie together, and each word further back halves the search anew.  A segment never changes; it is one
file of packed integers, memory-mapped, replaced by another file and never written in place.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.compiled import write_durably
from recall_lsp.index.packed_integers import (
    BITS,
    Integers,
    PackedIntegers,
    bits_for,
    packed,
    packed_length,
    unpacked,
)
from recall_lsp.index.phrase_words import forms_of

DEPTH = 8
"""Words back that places are sorted by."""
_AT_ONCE = 1 << 18
"""Words that are unpacked at once."""
_FORMAT = 3
_LETTERS = ("surface_letters", "stem_letters")
_MAPPED = ("tokens", "order")
"""Arrays as long as the text; the others are deflated, and unpacked when the file is opened."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`tokens` [n] are the words as numbers of `surfaces`; 0 is a boundary, one begins each passage and one ends all.

    `order` [n] holds the places sorted by the stems at and before them; `stem_of` maps surfaces to stems.
    `passages`, `starts` and `notes` [m] are the passages' ids, first places and notes.  Surfaces and stems are sorted:
    their letters (UTF-8) stand one after the other in `..._letters`, each ending where `..._ends` says.
    """

    tokens: Integers | PackedIntegers
    order: Integers | PackedIntegers
    stem_of: Integers
    passages: Integers
    starts: Integers
    notes: Integers
    surface_letters: Integers
    surface_ends: Integers
    stem_letters: Integers
    stem_ends: Integers

    def passage_at(self, places: Integers) -> NDArray[np.intp]:
        """Which of the passages each place stands in."""
        return np.searchsorted(self.starts, places, "right") - 1

    def surface(self, number: int) -> str:
        return _word(self.surface_letters, self.surface_ends, number)

    def stem_word(self, number: int) -> str:
        return _word(self.stem_letters, self.stem_ends, number)

    def surfaces_from(self, beginning: str) -> tuple[int, int]:
        """The range of surfaces that begin with some letters."""
        return (
            _find(self.surface_letters, self.surface_ends, beginning),
            _find(self.surface_letters, self.surface_ends, beginning + "\U0010ffff"),
        )

    def surfaces_of(self, word: str) -> tuple[int, int]:
        """The range of surfaces that are this word: one for each stem that it has."""
        return (
            _find(self.surface_letters, self.surface_ends, word),
            _find(self.surface_letters, self.surface_ends, word + "\0"),
        )

    def stem(self, stem: str) -> int:
        """The number of a stem, -1 for one that stands nowhere."""
        at = _find(self.stem_letters, self.stem_ends, stem)
        found = at < len(self.stem_ends) and _word(self.stem_letters, self.stem_ends, at) == stem
        return at if found else -1

    def stems_at(self, places: Integers, back: int | Integers) -> Integers:
        """The stems `back` words before each place."""
        return np.asarray(self.stem_of[self.tokens[np.maximum(places - back, 0)]], np.int32)

    def narrow(self, low: int, high: int, back: int, stem: int) -> tuple[int, int]:
        """The part of `order[low:high]`, alike up to `back` words, that has `stem` there."""
        tokens, stem_of, order = self.tokens, self.stem_of, self.order

        def key(at: int) -> int:
            return int(stem_of[tokens[max(order[at] - back, 0)]])

        low = bisect_left(range(high), stem, low, high, key=key)
        return low, bisect_right(range(high), stem, low, high, key=key)


_NAMES = tuple(field.name for field in fields(Segment))
"""Those of `_MAPPED` first."""
_REST = _NAMES[len(_MAPPED) :]


def totals(segment: Segment) -> NDArray[np.int64]:
    """How often all surfaces before each stand in it [surfaces + 1]."""
    counts = np.zeros(len(segment.stem_of), np.int64)
    for start in range(0, len(segment.tokens), _AT_ONCE):
        counts += np.bincount(segment.tokens[start : start + _AT_ONCE], minlength=len(counts))
    return np.append(0, np.cumsum(counts))


Reader = Callable[[str, str], Iterable[tuple[str, str]]]


def build_segment(passages: Iterable[tuple[int, int, str, str]], read: Reader = forms_of) -> Segment:
    """A segment of passages given as (id, note, text, language); `read` makes surfaces and stems of a text."""
    numbers: dict[tuple[str, str], int] = {("", ""): 0}
    tokens: list[int] = []
    rows: list[tuple[int, int, int]] = []
    for passage, note, text, language in passages:
        rows.append((passage, len(tokens), note))
        tokens.append(0)
        tokens.extend([numbers.setdefault(pair, len(numbers)) for pair in read(text, language)])
    tokens.append(0)
    return _made(np.array(tokens, np.int32), list(numbers), np.array(rows, np.int32).reshape(-1, 3))


def merged(segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Segment:
    """One segment of those passages of several that are still `alive`."""
    numbers: dict[tuple[str, str], int] = {("", ""): 0}
    tokens: list[Integers] = []
    rows: list[Integers] = []
    size = 0
    for segment, living in zip(segments, alive, strict=True):
        pairs = zip(_words(segment, "surface"), _stems_of_surfaces(segment), strict=True)
        renumbered = np.array([numbers.setdefault(pair, len(numbers)) for pair in pairs], np.int32)
        lengths = np.diff(np.append(segment.starts, len(segment.tokens) - 1))
        kept = renumbered[segment.tokens[:][:-1][np.repeat(living, lengths)]]
        ends = size + np.cumsum(lengths[living])
        starts = ends - lengths[living]
        rows.append(np.stack([segment.passages[living], starts, segment.notes[living]], 1).astype(np.int32))
        tokens.append(kept)
        size += len(kept)
    tokens.append(np.zeros(1, np.int32))
    return _made(np.concatenate(tokens), list(numbers), np.concatenate(rows))


def write_segment(path: Path, segment: Segment) -> None:
    """Raises OSError."""
    arrays = [getattr(segment, name)[:] for name in _NAMES]
    bits = [bits_for(array) for array in arrays[: len(_MAPPED)]]
    head = np.array([_FORMAT, *map(len, arrays), *bits], "<i4").tobytes()
    rest = b"".join(_steps(name, array) for name, array in zip(_REST, arrays[len(_MAPPED) :], strict=True))
    write_durably(path, b"".join([head, *map(packed, arrays, bits), zlib.compress(rest, 9)]))


def read_segment(path: Path) -> Segment:
    """A segment, memory-mapped.  Raises OSError or ValueError when it is missing, cut off or of another format."""
    # As a plain array: each slice of a memmap object costs microseconds.
    whole = np.asarray(np.memmap(path, np.uint8, "r"))
    start = 4 * (1 + len(_NAMES) + len(_MAPPED))
    if len(whole) < start:
        raise ValueError("not a segment")
    head = whole[:start].view("<i4").tolist()
    counts, bits = head[1 : len(_NAMES) + 1], head[len(_NAMES) + 1 :]
    if head[0] != _FORMAT or min(counts) < 0 or not set(bits) <= BITS:
        raise ValueError("not a segment")
    opened: dict[str, Integers | PackedIntegers] = {}
    for name, some, count in zip(_MAPPED, bits, counts, strict=False):
        end = start + packed_length(some, count)
        opened[name], start = unpacked(whole[start:end], some, count), end
    try:
        rest = np.frombuffer(zlib.decompress(whole[start:].tobytes()), np.uint8)
    except zlib.error as error:
        raise ValueError("a segment that is cut off") from error
    lengths = counts[len(_MAPPED) :]
    if len(rest) != 4 * sum(lengths):
        raise ValueError("a segment that is cut off")
    for name, part in zip(_REST, np.split(rest, 4 * np.cumsum(lengths[:-1])), strict=True):
        opened[name] = _summed(name, part)
    return Segment(**opened)  # type: ignore[arg-type]


def _steps(name: str, array: Integers) -> bytes:
    """Steps from each number to the next, first all their lowest bytes: mostly small, they deflate well."""
    if name in _LETTERS:
        return array.astype("<i4").tobytes()
    return np.diff(array, prepend=0).astype("<i4").view(np.uint8).reshape(-1, 4).T.tobytes()


def _summed(name: str, octets: NDArray[np.uint8]) -> Integers:
    if name in _LETTERS:
        return octets.view("<i4")
    return np.cumsum(np.ascontiguousarray(octets.reshape(4, -1).T).view("<i4")[:, 0], dtype=np.int32)


def _made(tokens: Integers, words: list[tuple[str, str]], rows: Integers) -> Segment:
    """A segment of words numbered in any order; a surface that has two stems keeps both, as two words."""
    ranked = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), np.int32)
    place[ranked] = np.arange(len(words), dtype=np.int32)
    used = np.zeros(len(words), bool)
    used[place[tokens]] = True
    renumbered = np.cumsum(used) - 1
    kept = [words[number] for number, is_used in zip(ranked, used, strict=True) if is_used]
    tokens = renumbered[place[tokens]].astype(np.int32)
    stems = sorted({stem for _, stem in kept})
    number_of = {stem: number for number, stem in enumerate(stems)}
    stem_of = np.array([number_of[stem] for _, stem in kept], np.int32)
    order = _sorted_backwards(stem_of[tokens])
    passages, starts, notes = (np.ascontiguousarray(column) for column in rows.T)
    surfaces = _packed([surface for surface, _ in kept])
    return Segment(tokens, order, stem_of, passages, starts, notes, *surfaces, *_packed(stems))


def _sorted_backwards(stems: Integers) -> Integers:
    """The places sorted by the `DEPTH` stems that end there, by prefix doubling (Manber and Myers 1990)."""
    rank = stems.astype(np.int64)
    step = 1
    while step < DEPTH:
        before = np.zeros_like(rank)
        before[step:] = rank[:-step] + 1
        _, rank = np.unique(rank * (int(rank.max()) + 2) + before, return_inverse=True)
        step *= 2
    return np.argsort(rank, kind="stable").astype(np.int32)


def _packed(words: Sequence[str]) -> tuple[Integers, Integers]:
    encoded = [word.encode("utf-8", "replace") for word in words]
    letters = b"".join(encoded)
    padded = letters + b"\0" * (-len(letters) % 4)
    return np.frombuffer(padded, np.int32), np.cumsum([len(word) for word in encoded], dtype=np.int32)


def _word(letters: Integers, ends: Integers, number: int) -> str:
    start = int(ends[number - 1]) if number else 0
    end = int(ends[number])
    return letters[start // 4 : -(-end // 4)].tobytes()[start % 4 : start % 4 + end - start].decode("utf-8", "replace")


def _find(letters: Integers, ends: Integers, word: str) -> int:
    """Where in the sorted words `word` stands or would stand."""
    return bisect_left(range(len(ends)), word, key=lambda number: _word(letters, ends, number))


def _words(segment: Segment, kind: str) -> list[str]:
    letters = getattr(segment, f"{kind}_letters").tobytes()
    ends = getattr(segment, f"{kind}_ends").tolist()
    return [letters[start:end].decode("utf-8", "replace") for start, end in zip([0, *ends], ends, strict=False)]


def _stems_of_surfaces(segment: Segment) -> list[str]:
    stems = _words(segment, "stem")
    return [stems[number] for number in segment.stem_of.tolist()]
