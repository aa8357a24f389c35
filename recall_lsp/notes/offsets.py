"""Byte offsets, as pyromark gives them, -> code points, as the editor and Python count them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_CONTINUES = 0x80
_TOP_BITS = 0xC0


def code_points(text: str) -> Sequence[int]:
    """For each byte of the UTF-8 encoding of `text`, and for its end, the code point it belongs to."""
    if text.isascii():
        return range(len(text) + 1)
    encoded = np.frombuffer(text.encode() + b"\n", np.uint8)
    first_bytes = (encoded & _TOP_BITS) != _CONTINUES
    return (np.cumsum(first_bytes, dtype=np.int32) - np.int32(1)).data
