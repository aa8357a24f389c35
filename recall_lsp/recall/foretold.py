"""Learning from what the writer types where something was foretold: the same is a yes, anything else a no.

One number a vault is learned, added to the log-odds of every chance: how much more, or less, this writer goes on as
before than the writers whose notes gave the weights.  It begins at nothing with a prior, and each answer moves it by a
Newton step of its own (Bayesian logistic regression, one answer at a time), so that a dozen answers tell already.
What was probable but not shown teaches as well; else who is silent would never hear that it was right.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from recall_lsp.index.assurance import Assurance
from recall_lsp.index.phrase_words import folded, words_of
from recall_lsp.recall.logistic import expit

LOOKED_AT = 0.3
"""The least chance from which on it is learned whether it comes."""
WORDS = 3
"""First words that must come for an offer to be right; all, where it has fewer."""
_PRIOR = 2.0
"""The inverse of the variance that the shift has over vaults."""
_MOST_KNOWN = 50.0
"""Answers fade: the shift rests on the last few hundred."""
_PENDING = 8
_BEGUN = re.compile(r"\w*$")
_LONGEST_WORD = 40
PASSED_BY = 40
"""What was passed by is not offered again before so many others were."""


def surer(assurance: Assurance, chance: float) -> float:
    """A chance in this vault."""
    return expit(_logit(chance) + assurance.shift)


def unsure(assurance: Assurance, chance: float) -> float:
    """The chance by the weights alone that comes to so much in this vault."""
    return expit(_logit(chance) - assurance.shift)


def learned(assurance: Assurance, chance: float, right: bool) -> Assurance:
    """After what had this chance (in this vault) has come, or not."""
    known = min(max(assurance.known, _PRIOR) + chance * (1 - chance), _MOST_KNOWN)
    return Assurance(assurance.shift + (right - chance) / known, known)


def said(text: str, offset: int, offered: str) -> str:
    """The words that an offer at `offset` comes to, with the word begun there."""
    begun = _BEGUN.search(text, max(offset - _LONGEST_WORD, 0), offset)
    return folded((begun[0] if begun else "") + first_words(offered)).strip()


def first_words(text: str) -> str:
    """As much of an offer as must come."""
    ends = [word.end for word in words_of(text, "") if word.surface]
    return text[: ends[WORDS - 1]] if len(ends) > WORDS else text


@dataclass(frozen=True, slots=True)
class _Awaited:
    """`line` is how the line that begins at `start` would stand; `typed` characters of it stood already.

    `words` are those that were foretold.
    """

    path: str
    start: int
    line: str
    typed: int
    words: str

    def stands_again(self, text: str, offset: int) -> bool:
        begun = offset - self.start
        return begun >= self.typed and text[self.start : offset] == self.line[:begun]


class Foretold:
    """What was foretold lately and has neither come nor been passed by, and what has been passed by."""

    def __init__(self) -> None:
        self._awaited: OrderedDict[_Awaited, float] = OrderedDict()
        self._passed_by: deque[_Awaited] = deque(maxlen=PASSED_BY)

    def was_passed_by(self, text: str, offset: int, offered: str) -> bool:
        """Whether the writer typed something else when these words were foretold lately."""
        words = said(text, offset, offered)
        return any(one.words == words for one in self._passed_by)

    def foretell(self, path: str, text: str, offset: int, offered: str, chance: float) -> None:
        """That `offered` will be typed at `offset`.  What stays the same while it is typed is foretold once."""
        start = text.rfind("\n", 0, offset) + 1
        line = text[start:offset] + first_words(offered)
        if any((one.path, one.start, one.line) == (path, start, line) for one in self._awaited):
            return
        awaited = _Awaited(path, start, line, offset - start, said(text, offset, offered))
        self._awaited[awaited] = chance
        if len(self._awaited) > _PENDING:
            self._awaited.popitem(last=False)

    def answers(self, path: str, text: str, offset: int) -> Iterator[tuple[float, bool]]:
        """The chances of what has been decided, now that the text is this, and whether it came.

        Who erases what was typed instead, and stands again where it was foretold, has not passed it by.
        """
        erased = [one for one in self._passed_by if one.path == path and one.stands_again(text, offset)]
        for one in erased:
            self._passed_by.remove(one)
        for one in [one for one in self._awaited if one.path == path]:
            came = text[one.start : one.start + len(one.line)]
            alike = next((at for at, (a, b) in enumerate(zip(came, one.line, strict=False)) if a != b), len(came))
            if alike == len(one.line):
                yield self._awaited.pop(one), True
            elif alike < one.typed:  # what stood before it is another by now
                del self._awaited[one]
            elif offset > one.start + alike:
                self._passed_by.append(one)
                yield self._awaited.pop(one), False


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(chance / (1 - chance))
