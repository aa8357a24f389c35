"""Byte offsets, as pyromark gives them, -> code points, as the editor and Python count them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_CONTINUES = b"\x80"
_LAST_CONTINUING = -65
"""As signed numbers, the bytes that continue a character come before all others."""


def code_points(text: str) -> Sequence[int]:
    """For the first byte of each character of `text` in UTF-8, and for the end, the code point.

    Raises UnicodeEncodeError on lone surrogates.
    """
    if text.isascii():
        return range(len(text) + 1)
    encoded = np.frombuffer(_CONTINUES + text.encode(), np.int8)
    return (encoded > _LAST_CONTINUING).cumsum(dtype=np.int32).data
