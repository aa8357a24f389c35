"""Lines and columns as LSP counts them, in plain integers.

A line ends at LF, CRLF or CR and nowhere else (`str.splitlines` also breaks at U+2028, form feed and more).
A text has one line more than it has line ends: the last one, maybe empty, has none.
"""

from __future__ import annotations

import re
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def split_lines(text: str) -> list[str]:
    """The lines with their line ends; the last has none and may be empty."""
    lines = _LINE.findall(text)
    lines.append(text[sum(map(len, lines)) :])
    return lines


def without_end(line: str) -> str:
    return line.rstrip("\r\n")


def column(line: str, units: int, encoding: Encoding) -> int:
    """Code units into a line to code points: clamped to the line, and back to the start of a split character."""
    line = without_end(line)
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    if encoding == "utf-16":
        return _column_utf16(line, units)
    data = line.encode("utf-8", "surrogatepass")
    units = min(units, len(data))
    while units < len(data) and data[units] & 0xC0 == 0x80:
        units -= 1
    return len(data[:units].decode("utf-8", "surrogatepass"))


def units(line: str, column: int, encoding: Encoding) -> int:
    """Code points into a line to code units."""
    head = without_end(line)[:column]
    if encoding == "utf-32" or head.isascii():
        return len(head)
    if encoding == "utf-16":
        return len(head) + len(_ASTRAL.findall(head))
    return len(head.encode("utf-8", "surrogatepass"))


def _column_utf16(line: str, units: int) -> int:
    pairs = 0
    for match in _ASTRAL.finditer(line):
        place = match.start() + pairs
        if units <= place:
            break
        if units == place + 1:
            return match.start()
        pairs += 1
    return min(units - pairs, len(line))
