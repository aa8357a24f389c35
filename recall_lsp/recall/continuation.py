"""How the writer went on before: what is being typed, continued by the vault's own words, exactly as they stand.

All places whose last words are those just typed, in the vault and above in the note itself, vote for the three words
that follow them.  A logistic model, fitted by `bench/inline_fit.py`, tells how probably the writer means those of the
best group; the quotation goes on to where the group parts, or to the end of the phrase or sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from recall_lsp.index.phrase_words import folded, known_words, words_of
from recall_lsp.index.phrases import Match, Matches, Phrases
from recall_lsp.index.terms import is_unspaced
from recall_lsp.index.vault import Vault
from recall_lsp.recall.logistic import chance, ghost_weights
from recall_lsp.recall.quotation import Tail, Typed, cut, phrase_length, tail_of
from recall_lsp.recall.written import NONE_OPEN, Buffers, Precedent, Written, written

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
class _Place:
    """Where the writer is."""

    written: Written
    phrases: Phrases
    before: str
    typed: Typed


@dataclass(frozen=True, slots=True)
class Search:
    """All places found, and how they go on: the groups that are looked at closely, each with its number of words."""

    place: _Place
    matches: Matches
    groups: tuple[tuple[int, list[Match]], ...]


def search(
    vault: Vault, path: str, text: str, offset: int, language: str, buffers: Buffers = NONE_OPEN
) -> Search | None:
    """`text[:offset]` was typed in the note at `path`; open notes count as their `buffers` have them.

    None where nothing was typed to go by.
    """
    typed = typed_words(text, offset, language)
    if typed is None:
        return None
    known = written(vault, path, text[max(offset - _ABOVE, 0) : offset], language, buffers)
    place = _Place(known, vault.phrases, text[max(offset - _AROUND, 0) : offset], typed)
    matches = known.matches(typed)
    groups = [
        (count, group)
        for count in range(_AHEAD, 0, -1)
        for group in _groups(matches.found, count)[:_GROUPS]
        if _letters(typed, group) >= _LEAST_LETTERS
    ]
    return Search(place, matches, tuple(groups))


def likely(found: Search | None, least: float) -> list[Continuation]:
    """Those of which at least so much is expected, best first.

    The best saves most keys in the mean: a long continuation may be less probable than its first word.
    """
    if found is None:
        return []
    made = [
        one for count, group in found.groups for one in _continuation(found.place, group, found.matches, count, least)
    ]
    return sorted(made, key=lambda one: -one.chance * len(one.text))


def continuations(
    vault: Vault, path: str, text: str, offset: int, language: str, least: float = 0.0
) -> list[Continuation]:
    """Search and choice in one, with no note open."""
    return likely(search(vault, path, text, offset, language), least)


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
    precedents = place.written.precedents(group)
    ranked = [match for match in group if (match.note, match.passage) in precedents]
    ranked.sort(key=lambda one: (-one.length, -precedents[one.note, one.passage].day, one.passage, one.ordinal))
    found: list[tuple[Tail, Match]] = []
    for match in ranked[: _MEMBERS if count == _AHEAD else 1]:
        past = precedents[match.note, match.passage]
        file = None if found else place.written.text_of(past)
        tail = tail_of(place.typed, past.passage, past.language, match.ordinal, file)
        if tail is not None:
            found.append((tail, match))
    if not found:
        return []
    tail, match = found[0]
    length = _length(tail, match, [other for other, _ in found[1:]]) if count == _AHEAD else count
    length = _closed(place, tail, length)
    text = cut(place.typed, tail, length) if length >= min(count, 2) else ""
    past = precedents[match.note, match.passage]
    folder = past.path.rpartition("/")[0] == place.written.path.rpartition("/")[0]
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
    unindexed = sum(match.note < 0 for match in group)
    frequency = place.phrases.frequency(following[0]) + unindexed
    # After a space every word of the vault could follow, which tells its size and nothing of the writer.
    begun = place.phrases.frequency(typed.beginning, begun=True) + unindexed if typed.beginning else 0
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
        "here": any(place.written.is_above(match) for match in group),
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


def _alike(place: _Place, past: Precedent) -> float:
    """How much two surroundings share, by the rarity of their words beside those matched."""
    here = {word.stem for word in known_words(place.before, place.written.language)} - set(place.typed.stems)
    there = {word.stem for word in known_words(past.passage.text, past.language)}
    return math.log1p(sum(place.written.vault.idf[stem] for stem in sorted(here & there) if stem))
