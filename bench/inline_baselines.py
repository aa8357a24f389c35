"""What ghost text is measured against, over the same notes: n-grams of the vault, and a shell's history suggestions.

The words of the n-grams are what stands between spaces in the files, letter for letter, so that what they predict
can be inserted as it is; in scripts without spaces every letter is one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.phrase_segment import Segment, build_segment
from recall_lsp.index.tally import file_day
from recall_lsp.index.terms import UNSPACED
from recall_lsp.index.vault import Vault
from recall_lsp.notes.sentences import sentences

ORDER = 5
AHEAD = 3
_BEFORE = 500
_SAMPLE = 4096
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+|\n+")
_LEAST = 3


def tokens(text: str, _: str) -> Iterator[tuple[str, str]]:
    for token in _TOKEN.findall(text):
        word = "" if token[0] == "\n" else token
        yield word, word


def ngrams(vault: Vault) -> Segment:
    """All places of the vault's files sorted by the words before them, from which any n-gram is counted."""
    paths = enumerate(sorted(vault.ids))
    return build_segment(((at, at, vault.text_of(path) or "", "") for at, path in paths), tokens)


def ngram(segment: Segment, text: str, offset: int) -> list[tuple[str, float]]:
    """The next one, two and three words, each the most probable by Witten-Bell interpolation (1991), and how probable
    they are together."""
    before = text[max(offset - _BEFORE, 0) : offset]
    typed = [word for word, _ in tokens(before, "")]
    begun = typed.pop() if typed and typed[-1] and not before[-1].isspace() and not _unspaced(before[-1]) else ""
    context = [segment.stem(word) for word in reversed(typed[-ORDER + 1 :])]
    total, words = 1.0, ""
    found: list[tuple[str, float]] = []
    for ahead in range(AHEAD):
        best = _most_probable(segment, context, "" if ahead else begun)
        if best is None or not (word := segment.surface(best[0])):
            break
        total *= best[1]
        parted = words and not (_unspaced(words[-1]) or _unspaced(word[0]))
        words += f" {word}" if parted else word
        if words != begun:
            found.append((words[len(begun) :], total))
        context = [int(segment.stem_of[best[0]]), *context][: ORDER - 1]
    return found


def _unspaced(letter: str) -> bool:
    return re.match(f"[{UNSPACED}]", letter) is not None


def _most_probable(segment: Segment, context: list[int], beginning: str) -> tuple[int, float] | None:
    first, last = segment.surfaces_from(beginning) if beginning else (0, len(segment.stem_of))
    low, high = 0, len(segment.order)
    probability: dict[int, float] = {}
    for back, stem in enumerate(context):  # the shortest context first: each longer one leans on it
        low, high = segment.narrow(low, high, back, stem) if stem >= 0 else (0, 0)
        if low == high:
            break
        places = segment.order[low : high : max((high - low) // _SAMPLE, 1)]
        following = segment.tokens[np.minimum(places + 1, len(segment.tokens) - 1)]
        numbers, counts = np.unique(following, return_counts=True)
        size, kinds = int(counts.sum()), len(numbers)
        probability = {word: kinds * chance / (size + kinds) for word, chance in probability.items()}
        for word, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            probability[word] = probability.get(word, 0.0) + count / (size + kinds)
    among = {word: chance for word, chance in probability.items() if first <= word < last}
    if not among:
        return None
    best = min(among, key=lambda word: (-among[word], word))
    return best, among[best] / (sum(among.values()) if beginning else 1.0)


@dataclass(frozen=True, slots=True)
class History:
    """Every line and sentence of the vault, sorted; `newness` tells which of several is the newest."""

    lines: list[str]
    newness: NDArray[np.int64]


def history(vault: Vault) -> History:
    found: dict[str, int] = {}
    for path, note in vault.ids.items():
        entry = vault.entries[note]
        newness, text = (entry.written or file_day(entry)).toordinal(), vault.text_of(path) or ""
        said = [text[start:end] for start, end in sentences(text)] + [line.strip() for line in text.splitlines()]
        for line in said:
            found[line] = max(newness, found.get(line, 0))
    lines = sorted(found)
    return History(lines, np.array([found[line] for line in lines]))


def prefix_match(past: History, text: str, offset: int) -> list[tuple[str, float]]:
    """What follows in the newest line or sentence that begins with the one being typed; its score is the length."""
    sentence = max(text.rfind(mark, 0, offset) for mark in (". ", "? ", "! "))
    typed = text[max(text.rfind("\n", 0, offset) + 1, sentence + 2 if sentence >= 0 else 0) : offset].lstrip()
    low, high = bisect_left(past.lines, typed), bisect_left(past.lines, typed + "\U0010ffff")
    if len(typed) < _LEAST or low == high:
        return []
    rest = past.lines[low + int(np.argmax(past.newness[low:high]))][len(typed) :]
    return [(rest, float(len(typed)))] if rest else []
