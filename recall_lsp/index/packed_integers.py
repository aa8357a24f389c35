"""Whole numbers in as few bits as the largest needs, one after the other: half the bytes of 32-bit ones, still read
one by one from a mapped file.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]

_MOST_BITS = 25
"""Of a number that may begin at any bit of a byte and lies in four bytes."""
PLAIN = 32
"""Bits of larger numbers, or negative ones: not packed."""
BITS = frozenset({*range(1, _MOST_BITS + 1), PLAIN})
_AT_ONCE = 1 << 16


class PackedIntegers:
    """`count` numbers of `bits` bits each in `octets`, which hold three bytes more; asked like an array of int32."""

    __slots__ = ("_bits", "_count", "_octets", "_view")

    def __init__(self, octets: NDArray[np.uint8], bits: int, count: int) -> None:
        self._octets, self._bits, self._count = octets, bits, count
        self._view = octets.data

    def __len__(self) -> int:
        return self._count

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:] if dtype is None else self[:].astype(dtype)

    @overload
    def __getitem__(self, which: int | np.integer[Any]) -> int: ...
    @overload
    def __getitem__(self, which: slice | NDArray[Any]) -> Integers: ...
    def __getitem__(self, which: int | np.integer[Any] | slice | NDArray[Any]) -> int | Integers:
        if isinstance(which, int | np.integer):
            first = int(which) * self._bits
            at = first >> 3
            return (int.from_bytes(self._view[at : at + 4], "little") >> (first & 7)) & ((1 << self._bits) - 1)
        return self._some(np.arange(*which.indices(self._count)) if isinstance(which, slice) else which)

    def _some(self, places: NDArray[Any]) -> Integers:
        first = places.astype(np.int64) * self._bits
        at = first >> 3
        words = self._octets[at].astype(np.uint32)
        for byte in (1, 2, 3):
            words |= self._octets[at + byte].astype(np.uint32) << np.uint32(8 * byte)
        words >>= (first & 7).astype(np.uint32)
        words &= np.uint32((1 << self._bits) - 1)
        found: Integers = words.astype(np.int32)
        return found


def bits_for(numbers: Integers) -> int:
    """How many bits each of some numbers takes packed."""
    if not len(numbers) or int(numbers.min()) < 0:
        return PLAIN
    bits = max(int(numbers.max()).bit_length(), 1)
    return bits if bits <= _MOST_BITS else PLAIN


def packed(numbers: Integers, bits: int) -> bytes:
    """A multiple of four bytes."""
    if bits == PLAIN:
        return numbers.astype("<i4").tobytes()
    places = np.arange(bits)
    parts = [
        np.packbits((numbers[at : at + _AT_ONCE, None] >> places & 1).astype(np.uint8), bitorder="little").tobytes()
        for at in range(0, len(numbers), _AT_ONCE)
    ]
    octets = b"".join(parts)
    return octets + bytes(3 + -(len(octets) + 3) % 4)


def packed_length(bits: int, count: int) -> int:
    """How many bytes that is."""
    if bits == PLAIN:
        return 4 * count
    return -(-(-(-bits * count // 8) + 3) // 4) * 4


def unpacked(octets: NDArray[np.uint8], bits: int, count: int) -> Integers | PackedIntegers:
    """The numbers, mapped: nothing is copied before it is asked for."""
    return octets.view("<i4") if bits == PLAIN else PackedIntegers(octets, bits, count)
