"""Arrays that grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST = 1024


def with_room(array: NDArray[Any], rows: int, filling: float) -> NDArray[Any]:
    """The array itself if it has so many rows; else a longer one, with some to spare, the new ones `filling`."""
    if rows <= len(array):
        return array
    more = max(rows - len(array), _LEAST, len(array) // 2)
    return np.concatenate([array, np.full((more, *array.shape[1:]), filling, array.dtype)])
