"""Prose: text taken out of a file, with the way back to where each piece of it stood."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Anchors = tuple[tuple[int, int], ...]


class Prose(NamedTuple):
    """`anchors` are pairs (offset in `text`, offset in the file), as in `model.Passage`."""

    text: str
    anchors: Anchors


EMPTY = Prose("", ())
# No file is as long.
_BEHIND_ALL = 1 << 62


def from_pieces(pieces: Sequence[tuple[str, int]]) -> Prose:
    """Prose out of (text, file offset) pieces in order; an anchor stands wherever they are not contiguous."""
    if len(pieces) == 1:
        return Prose(pieces[0][0], ((0, pieces[0][1]),))
    anchors = []
    length, expected = 0, -1
    for text, place in pieces:
        if place != expected:
            anchors.append((length, place))
        size = len(text)
        length += size
        expected = place + size
    return Prose("".join([text for text, _ in pieces]), tuple(anchors))


def part(prose: Prose, start: int, end: int) -> Prose:
    """`prose.text[start:end]` with its anchors."""
    text, anchors = prose
    if start >= end or not anchors:
        return EMPTY
    if start == 0 and end >= len(text):
        return prose
    first = max(bisect_right(anchors, (start, _BEHIND_ALL)) - 1, 0)
    last = bisect_right(anchors, (end - 1, _BEHIND_ALL))
    in_text, in_file = anchors[first]
    head = (0, in_file + start - in_text)
    return Prose(text[start:end], (head, *((at - start, place) for at, place in anchors[first + 1 : last])))


def stripped(prose: Prose) -> Prose:
    """Without white space at either end."""
    text = prose.text
    if text and not (text[0].isspace() or text[-1].isspace()):
        return prose
    start = len(text) - len(text.lstrip())
    return part(prose, start, len(text.rstrip()))


def edited(prose: Prose, edits: Iterable[tuple[int, int, str]]) -> Prose:
    """With each text[start:end] replaced, edits ascending; what follows a replacement is anchored anew."""
    kept = []
    done = 0
    for start, end, replacement in edits:
        if start < done:
            continue
        kept.append(part(prose, done, start))
        if replacement:
            kept.append(Prose(replacement, ((0, place(prose, start)),)))
        done = end
    kept.append(part(prose, done, len(prose.text)))
    return joined(kept, "")


def joined(proses: Iterable[Prose], separator: str) -> Prose:
    """The non-empty ones, `separator` between them."""
    texts: list[str] = []
    anchors: list[tuple[int, int]] = []
    length = 0
    for text, marks in proses:
        if not text:
            continue
        if texts:
            length += len(separator)
        anchors += [(at + length, where) for at, where in marks] if length else marks
        texts.append(text)
        length += len(text)
    return Prose(separator.join(texts), tuple(anchors))


def place(prose: Prose, offset: int) -> int:
    """The file offset of `prose.text[offset]`."""
    index = max(bisect_right(prose.anchors, (offset, _BEHIND_ALL)) - 1, 0)
    in_text, in_file = prose.anchors[index]
    return in_file + offset - in_text
