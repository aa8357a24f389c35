"""Sentence boundaries in any script, by rule."""

from __future__ import annotations

import re

# Full stops of Latin, CJK, Devanagari, Arabic, Ethiopic, Armenian, Burmese and Khmer, with what closes after them.
_END = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?=\s)"
    r"|[。！？｡．](?:[。！？｡．])*[」』）”’\"'）】》]*"
    r"|[।॥؟۔።։၊။។]+\s*"
    r"|[\n\r\u2028\u2029]+"
)
_ABBREVIATIONS = frozenset(
    "e.g i.e cf vs etc al mr mrs ms dr prof st sr jr no nr vol fig figs eq ch sec p pp ca approx dept est inc ltd co "
    "corp jan feb mar apr jun jul aug sept sep oct nov dec z.b d.h bzw usw u.a ggf vgl evtl s.o s.u abs art bsp p.ex "
    "ex m mme mlle tel resp incl max min ed eds trans viz op cit ibid a.m p.m u.s u.k ph.d gen col lt rev hon".split()
)
# These may well end a sentence; a capital after them then begins the next.
_MAY_END = frozenset("etc al a.m p.m u.s u.k ph.d inc ltd co corp usw jr sr no".split())
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«]*$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, without the white space between them.  Newlines end one."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0][0] == "." and _goes_on(text, start, match):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _goes_on(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the full stop at `match` belongs to an abbreviation, an initial, a list number or "...," """
    dot = match.start()
    after = text[match.end() : match.end() + 3].lstrip()
    if not after or match[0][1:2] in ("\n", "\r"):
        return False
    if after[0].islower():
        return True
    found = _LAST_WORD.search(text, max(start, dot - 20), dot)
    word = found[0] if found else ""
    if len(match[0]) > 1 and match[0][1] == ".":
        return False
    lower = word.lower()
    if lower in _ABBREVIATIONS:
        return not (lower in _MAY_END and after[0].isupper())
    if len(word) == 1 and word.isalpha() and word.isupper() and word != "I":
        return True
    opens = dot - len(word) <= start or not text[start : dot - len(word)].strip()
    return word.isdigit() and (opens or after[0].isdigit())
