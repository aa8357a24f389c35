"""How a past note went on after a word, exactly as its file has it: spelling, punctuation and markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recall_lsp.index.phrase_words import Word, folded, known_words
from recall_lsp.notes.model import Passage

LONGEST = 240
_SENTENCE = 3
"""Words from which on an offer has the end of its sentence."""
_PHRASE_END = re.compile(r"[,;:()—–、，；：]|\s-\s")
_WRAPPED = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*(?:>[ \t]*)*")
_CLOSING = re.compile(r"(?:\]\([^()\s]*\)|\]\]|\*{1,3}|~~|`|_(?!\w))+")
_LINK_END = re.compile(r"\]\([^()\s]*\)|\]\]")
_PAIRED = ("**", "~~", "`")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of the paragraph: `stems` nearest first, the word `begun` as written and folded (`beginning`),
    and as written the `gap` after the last word and the `line` before the cursor."""

    stems: tuple[str, ...]
    beginning: str
    begun: str
    gap: str
    line: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The rest of a sentence after what was typed: `text` with the end of each of its words, and their `surfaces`."""

    text: str
    ends: tuple[int, ...]
    surfaces: tuple[str, ...]


def tail_of(typed: Typed, passage: Passage, language: str, ordinal: int, file: str | None) -> Tail | None:
    """What follows the `ordinal`th word of a passage, up to the sentence's end.

    `file` is the text of the note's file; the passage's own text, which has no markup, serves where the file is
    another by now.  None where it would not follow what was typed: other punctuation, other letters.
    """
    words = known_words(passage.text, language)
    last = next((at for at in range(ordinal, len(words)) if not words[at].surface), len(words))
    if last <= ordinal:
        return None
    stop = words[last].end if last < len(words) else words[last - 1].end
    stop = len(passage.text[:stop].rstrip())
    ahead = words[ordinal:last]
    start = ahead[0].start if typed.begun or not ordinal else words[ordinal - 1].end
    places = _in_file(passage, start, stop, [word.end for word in ahead], file, ahead[0])
    if places is None:
        text, ends = passage.text[start:stop], [word.end - start for word in ahead]
    else:
        text, ends = places
    skipped = _skipped(typed, text, words, ordinal)
    if skipped is None:
        return None
    closing = _CLOSING.match(text, skipped)
    if closing is not None and not _is_open(typed.line, closing[0]):
        return None
    ends = [end - skipped for end in ends]
    return Tail(text[skipped:], tuple(ends), tuple(word.surface for word in ahead))


def cut(typed: Typed, tail: Tail, count: int) -> str:
    """The first `count` words of a tail, or all, on one line and with the markup closed that they stand in.

    A word or two go without what ends the sentence: that another word follows is too probable.
    """
    if count < max(len(tail.ends), _SENTENCE):
        end = tail.ends[count - 1]
        closing = _CLOSING.match(tail.text, end)
        if closing is not None and _is_open(typed.line + tail.text[:end], closing[0]):
            end = closing.end()
    else:
        end = len(tail.text)
    text = _opened(typed.line, _WRAPPED.sub(" ", tail.text[:end]).rstrip())
    return text if len(text) <= LONGEST else ""


def _opened(line: str, text: str) -> str:
    """What follows a line, without the markup that closes what the writer did not open: a link, say, in whose words
    the past note had these."""
    for mark in _PAIRED:
        if (line + text).count(mark) % 2 == 1:
            text = text.replace(mark, "", 1)
    kept = ""
    while (closing := _LINK_END.search(text)) is not None:
        before = text[: closing.start()]
        kept += before + (closing[0] if _is_open(line + kept + before, closing[0]) else "")
        text = text[closing.end() :]
    return kept + text


def phrase_length(tail: Tail) -> int:
    """How many words a tail has up to the end of the phrase, three at least."""
    for at in range(3, len(tail.ends)):
        start = tail.ends[at - 1]
        # A bracket that closes a link is no end of a phrase.
        if _PHRASE_END.search(_CLOSING.sub("", tail.text[start : tail.ends[at] - len(tail.surfaces[at])])):
            return at
    return len(tail.ends)


def _in_file(
    passage: Passage, start: int, stop: int, ends: Sequence[int], file: str | None, first: Word
) -> tuple[str, list[int]] | None:
    """`passage.text[start:stop]` as the file has it, and the same ends; None if the file does not have it there."""
    if file is None:
        return None
    begin = passage.in_file(start, start + 1).start if start == first.start else passage.in_file(start - 1, start).end
    end = passage.in_file(stop - 1, stop).end
    word = passage.in_file(first.start, first.end)
    if file[word.start : word.end] != passage.text[first.start : first.end] or end <= begin:
        return None
    closing = _CLOSING.match(file, end)
    return file[begin : closing.end() if closing else end], [passage.in_file(at - 1, at).end - begin for at in ends]


def _skipped(typed: Typed, text: str, words: Sequence[Word], ordinal: int) -> int | None:
    """How much of `text` was typed already."""
    if typed.begun:
        size = len(typed.begun)
        return size if folded(text[:size]) == typed.beginning else None
    gap = typed.gap
    if not ordinal or not words[ordinal - 1].surface:  # a sentence begins: only what parts it from the last may stand
        blank = len(text) - len(text.lstrip())
        return blank if not gap.strip(" \t\"'“‘«([*_>-") else None
    closing = _CLOSING.match(text)  # what closes the markup of the word before was not typed here
    for closed in (0, closing.end() if closing else 0):
        if text.startswith(gap, closed):
            return closed + len(gap)
    return len(text) - len(text.lstrip()) if gap.isspace() and text[:1].isspace() else None


def _is_open(line: str, closing: str) -> bool:
    """Whether the markup that `closing` closes was opened in a line."""
    if closing.startswith("]"):
        return line.rfind("[") > line.rfind("]")
    return any(mark in closing and line.count(mark) % 2 == 1 for mark in _PAIRED) or closing in ("*", "_")
