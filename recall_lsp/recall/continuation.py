"""How the writer went on before: what is being typed, continued by the vault's own words, exactly as they stand.

All places whose last words are those just typed, in the vault and above in the note itself, vote for the three words
that follow them.  A logistic model, fitted by `bench/inline_fit.py`, tells how probably the writer means those of the
best group; the quotation goes on to where the group parts, or to the end of the phrase or sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

import numpy as np

from recall_lsp.index.phrase_segment import Segment, build_segment
from recall_lsp.index.phrase_words import folded, known_words, words_of
from recall_lsp.index.phrases import Match, Matches, Phrases, joined, matches_in
from recall_lsp.index.tally import file_day
from recall_lsp.index.terms import is_unspaced
from recall_lsp.index.vault import Vault
from recall_lsp.notes.model import Note, Passage
from recall_lsp.notes.read import read_text
from recall_lsp.recall.logistic import chance, ghost_weights
from recall_lsp.recall.quotation import Tail, Typed, cut, phrase_length, tail_of

FEATURES = (
    "expected", "words", "letters", "typed", "votes", "share_longest", "share", "notes", "commonness",
    "commonness_two", "alike", "same_folder", "here", "number", "ahead", "ahead_letters", "ends",
    "sentence_start", "unspaced", "frequency", "among_begun", "choices", "contexts", "agreement", "path",
    "ahead_words",
)  # fmt: skip

_BEFORE = 500
_CONTEXT = 16
_AHEAD = 3
_GROUPS = 3
"""Continuations that are looked at closely, the longest match and most votes first."""
_MEMBERS = 6
_LEAST_LETTERS = 6
"""Letters of matched words and of the word begun, together, below which nothing is offered."""
LEAST_OFFERED = 4
"""Letters below which it is sooner typed than seen."""
_AROUND = 800
_ABOVE = 20_000
_SENTENCE_MATCH = 6
"""Matched words from which on a single precedent is quoted to its sentence's end, and not just the phrase's."""
_PATH = 4
"""Matched words beyond which all places that go on alike are a path that the writer has walked."""
_COMMON, _OFTEN = 0.0025, 20
"""A word that makes up more than this share of the vault, and stands there more often, leans on the next one."""
_MOST_ALIKE = 5.0
_NOW = date.max.toordinal()
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]|\[([^\[\]]*)\]\([^()\s]*\)")
_MARKER = re.compile(r"^\s*(?:(?:[-*+>]|#{1,6}|\d+[.)]|\[[ xX]\])\s+)*")
_WRAP = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?![ \t\r\n]|(?:[-*+>]|#{1,6}|\d+[.)])\s)")
_MARKERS = re.compile(r"(?<=[\r\n])[ \t]*(?:(?:[-*+>]|#{1,6}|\d+[.)]|\[[ xX]\])[ \t]+)+")
_GAP = re.compile(r"[\W_]*$")


@dataclass(frozen=True, slots=True)
class Continuation:
    """`text` follows what was typed, word for word as it stands in the note at `path`.

    `features` are in the order of FEATURES; `chance` is the estimated probability that its first three words (all,
    where they are fewer) are what the writer means.
    """

    text: str
    path: str
    features: tuple[float, ...]
    chance: float


@dataclass(frozen=True, slots=True)
class _Precedent:
    """A passage that has the words, and what is known of its note; `file` is None where it was not looked at."""

    passage: Passage
    path: str
    language: str
    day: int


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above the line that is being typed, as a segment."""

    note: Note
    segment: Segment
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the writer is."""

    vault: Vault
    phrases: Phrases
    path: str
    before: str
    language: str
    typed: Typed
    above: _Above | None


def continuations(
    vault: Vault, path: str, text: str, offset: int, language: str, least: float = 0.0
) -> list[Continuation]:
    """Those of which at least so much is expected, best first; `text[:offset]` was typed in the note at `path`.

    The best saves most keys in the mean: a long continuation may be less probable than its first word.
    """
    typed = typed_words(text, offset, language)
    if typed is None:
        return []
    above = _above(path, text[max(offset - _ABOVE, 0) : offset], language)
    place = _Place(vault, vault.phrases, path, text[max(offset - _AROUND, 0) : offset], language, typed, above)
    matches = _all_matches(place)
    made: list[Continuation] = []
    for count in range(_AHEAD, 0, -1):
        for group in _groups(matches.found, count)[:_GROUPS]:
            if _letters(typed, group) >= _LEAST_LETTERS:
                made += _continuation(place, group, matches, count, least)
    return sorted(made, key=lambda one: -one.chance * len(one.text))


def typed_words(text: str, offset: int, language: str) -> Typed | None:
    """None where nothing was typed to go by."""
    window = text[max(offset - _BEFORE, 0) : offset]
    line = window[max(window.rfind("\n"), window.rfind("\r")) + 1 :]
    if not _MARKER.sub("", line).strip() or line.lstrip().startswith("|"):  # nothing, or a row of a table
        return None
    before = _LINK.sub(lambda match: match[1] or match[2] or "", window)
    before = _MARKERS.sub("", _WRAP.sub(" ", "\n" + before))
    words = words_of(before, language)
    if not words:
        return None
    begun = ""
    if words[-1].surface and words[-1].end == len(before) and not is_unspaced(before[-1]):
        begun = before[words[-1].start :]
    context = words[:-1] if begun else words
    stems = [word.stem for word in reversed(context[-_CONTEXT:])]
    if len(context) < _CONTEXT and offset <= _BEFORE:
        stems.append("")
    found = _GAP.search(line)
    gap = "" if begun or found is None else found[0]
    return Typed(tuple(stems), folded(begun) if begun else "", begun, gap, line)


def _all_matches(place: _Place) -> Matches:
    vault, typed, above = place.vault, place.typed, place.above
    in_vault = place.phrases.matches(typed.stems, typed.beginning, vault.ids.get(place.path, -1))
    hidden = vault.hides(place.path)
    in_vault = Matches(
        in_vault.counts,
        tuple(match for match in in_vault.found if match.note in vault.entries and not hidden(match.note)),
    )
    if above is None:
        return in_vault
    everywhere = np.ones(len(above.segment.passages), bool)
    return joined((in_vault, matches_in(above.segment, everywhere, typed.stems, typed.beginning)))


def _above(path: str, before: str, language: str) -> _Above | None:
    end = max(before.rfind("\n"), before.rfind("\r")) + 1
    return _read_above(path, before[:end], language) if before[:end].strip() else None


@lru_cache(maxsize=8)
def _read_above(path: str, text: str, language: str) -> _Above:
    """Read once a line.  Its passages have negative numbers."""
    note = read_text(path, text)
    rows = ((-1 - at, -1, passage.text, language) for at, passage in enumerate(note.passages))
    return _Above(note, build_segment(rows), text)


def _precedents(place: _Place, matches: Iterable[Match]) -> dict[int, _Precedent]:
    numbers = {match.passage for match in matches}
    found = {}
    for number, row in place.vault.passages(number for number in numbers if number >= 0).items():
        entry = place.vault.entries.get(row.note)
        if entry is not None:
            day = (entry.written or file_day(entry)).toordinal()
            found[number] = _Precedent(row.passage, entry.path, entry.language or place.language, day)
    if place.above is not None:
        for number in numbers - found.keys():
            if number < 0:
                passage = place.above.note.passages[-1 - number]
                found[number] = _Precedent(passage, place.path, place.language, _NOW)
    return found


def _letters(typed: Typed, group: Sequence[Match]) -> int:
    """How many letters of what was typed a group has matched."""
    length = max(match.length for match in group)
    return sum(map(len, typed.stems[:length])) + len(typed.beginning)


def _groups(found: Sequence[Match], count: int) -> list[list[Match]]:
    """Matches that go on alike for `count` words, the group of the longest match and most votes first.

    Where the sentence ends sooner, a group belongs to the count that it has.
    """

    def following(match: Match) -> tuple[str, ...]:
        return match.following[:count]

    groups = [list(group) for _, group in groupby(sorted(found, key=following), following)]
    best = [(max(match.length for match in group), len(group)) for group in groups]
    ranked = sorted(range(len(groups)), key=lambda at: (-best[at][0], -best[at][1], following(groups[at][0])))
    return [groups[at] for at in ranked if following(groups[at][0])[-1]]


def _continuation(place: _Place, group: list[Match], matches: Matches, count: int, least: float) -> list[Continuation]:
    """What the best member of a group goes on with, as far as the group agrees; nothing if that is not enough."""
    known = _features(place, group, matches, count)
    weights = ghost_weights("continuation")
    if chance(FEATURES, _row(known | {"alike": _MOST_ALIKE, "same_folder": 1.0}), weights) < least:
        return []
    precedents = _precedents(place, group)
    ranked = [match for match in group if match.passage in precedents]
    ranked.sort(key=lambda match: (-match.length, -precedents[match.passage].day, match.passage, match.ordinal))
    found: list[tuple[Tail, Match]] = []
    for match in ranked[: _MEMBERS if count == _AHEAD else 1]:
        past = precedents[match.passage]
        file = None if found else _file(place, match, past)
        tail = tail_of(place.typed, past.passage, past.language, match.ordinal, file)
        if tail is not None:
            found.append((tail, match))
    if not found:
        return []
    tail, match = found[0]
    length = _length(tail, match, [other for other, _ in found[1:]]) if count == _AHEAD else count
    length = _closed(place, tail, length)
    text = cut(place.typed, tail, length) if length >= min(count, 2) else ""
    past = precedents[match.passage]
    folder = past.path.rpartition("/")[0] == place.path.rpartition("/")[0]
    row = _row(known | {"alike": _alike(place, past), "same_folder": folder})
    probability = chance(FEATURES, row, weights)
    if probability < least or size(text) < LEAST_OFFERED:
        return []
    return [Continuation(text, past.path, row, probability)]


def size(text: str) -> int:
    """Letters; those of scripts in which one is nearly a word count twice."""
    return sum(2 if not letter.isascii() and is_unspaced(letter) else 1 for letter in text.strip())


def _row(values: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(float(values[name]) for name in FEATURES)


def _file(place: _Place, match: Match, past: _Precedent) -> str | None:
    return place.vault.text_of(past.path) if match.note >= 0 else place.above.text if place.above else None


def _length(tail: Tail, match: Match, others: Sequence[Tail]) -> int:
    """How many words to quote."""
    if others:
        alike = sorted((_common(tail.surfaces, other.surfaces) for other in others), reverse=True)
        return max(alike[(len(alike) - 1) // 2], 3)
    return len(tail.ends) if match.length >= _SENTENCE_MATCH else phrase_length(tail)


def _closed(place: _Place, tail: Tail, length: int) -> int:
    """So many words less those at the end that lean on what follows: "the", "of which"; none where all do."""
    if length == len(tail.ends) or is_unspaced(tail.surfaces[0][:1] or " "):
        return length
    least = max(len(place.phrases) * _COMMON, _OFTEN)
    while length and place.phrases.frequency(tail.surfaces[length - 1]) > least:
        length -= 1
    return length


def _common(some: Sequence[str], others: Sequence[str]) -> int:
    """How many first words two continuations share."""
    least = min(len(some), len(others))
    return next((at for at in range(least) if some[at] != others[at]), least)


def _features(place: _Place, group: Sequence[Match], matches: Matches, count: int) -> dict[str, float]:
    """All features but those of the passage that is quoted."""
    typed, counts = place.typed, matches.counts
    length = max(match.length for match in group)
    most = matches.found[0].length
    longest = sum(match.length == most for match in matches.found)
    agreeing = sum(match.length == most for match in group)
    share = len(group) / len(matches.found)
    agreement = (agreeing + 0.5) / (longest + 0.5) if agreeing else share
    matched = typed.stems[:length]
    following = group[0].following[:count]
    above = sum(match.note < 0 for match in group)
    frequency = place.phrases.frequency(following[0]) + above
    # After a space every word of the vault could follow, which tells its size and nothing of the writer.
    begun = place.phrases.frequency(typed.beginning, begun=True) + above if typed.beginning else 0
    expected = witten_bell(group, matches.found, count)
    letters = len("".join(following)) - len(typed.beginning)
    return {
        "expected": math.log(expected / (1 - expected)),
        "words": math.log1p(length),
        "letters": math.log1p(sum(map(len, matched))),
        "typed": math.log1p(len(typed.beginning)),
        "votes": math.log1p(sum(match.length == length for match in group)),
        "share_longest": agreeing / longest,
        "share": share,
        "notes": math.log1p(len({match.note for match in group})),
        "commonness": math.log1p(counts[0]) if counts else 0.0,
        "commonness_two": math.log1p(counts[1]) if len(counts) > 1 else 0.0,
        "here": above > 0,
        "number": any(letter.isdigit() for letter in "".join(following)),
        "ahead": count,
        "ahead_letters": math.log1p(max(letters, 0)),
        "ends": count < _AHEAD and not group[0].following[count],
        "sentence_start": "" in matched,
        "unspaced": is_unspaced(following[0][0]),
        "frequency": math.log1p(frequency),
        "among_begun": math.log((frequency + 0.5) / (begun - frequency + 0.5)) if begun else 0.0,
        "choices": math.log1p(begun),
        "contexts": math.log1p(len({match.before for match in group if match.length == length})),
        "agreement": agreement,
        "ahead_words": count * math.log1p(length),
        "path": share * max(math.log1p(length) - math.log1p(_PATH), 0.0),
    }


def witten_bell(group: Sequence[Match], found: Sequence[Match], count: int) -> float:
    """The probability of a group among all matches, each length of context backed by the shorter one (Witten and
    Bell 1991); between 0 and 1."""
    key = group[0].following[:count]
    levels: dict[int, tuple[int, int, int]] = {}
    total = own = 0
    kinds: set[tuple[str, ...]] = set()
    for match in found:  # longest first
        following = match.following[:count]
        total, own = total + 1, own + (following == key)
        kinds.add(following)
        levels[match.length] = (own, total, len(kinds))
    probability = 1 / (len(kinds) + 1)
    for length in sorted(levels):
        mine, size, various = levels[length]
        probability = (mine + various * probability) / (size + various)
    return probability


def _alike(place: _Place, past: _Precedent) -> float:
    """How much two surroundings share, by the rarity of their words beside those matched."""
    here = {word.stem for word in known_words(place.before, place.language)} - set(place.typed.stems)
    there = {word.stem for word in known_words(past.passage.text, past.language)}
    return math.log1p(sum(place.vault.idf[stem] for stem in sorted(here & there) if stem))
