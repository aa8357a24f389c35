"""Byte offsets, as pyromark gives them, -> code points, as the editor and Python count them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

_SAME_WIDTH = re.compile("[\x00-\x7f]+|[\x80-\u07ff]+|[\u0800-\uffff]+|[\U00010000-\U0010ffff]+")


def same(byte: int) -> int:
    """The code point at a byte of ASCII text."""
    return byte


def code_points(text: str) -> Callable[[int], int]:
    """Byte offsets of the UTF-8 encoding of `text` -> code points, by the runs of characters of one width."""
    bytes_at: list[int] = []
    runs: list[tuple[int, int, int]] = []
    byte = 0
    for run in _SAME_WIDTH.finditer(text):
        width = len(run[0][0].encode())
        bytes_at.append(byte)
        runs.append((byte, run.start(), width))
        byte += width * (run.end() - run.start())

    def at(offset: int) -> int:
        start, code_point, width = runs[bisect_right(bytes_at, offset) - 1]
        return code_point + (offset - start) // width

    return at
