"""Numbers in as few bits as they need come back as they went in, one, some or all."""

from __future__ import annotations

import numpy as np
import pytest

from recall_lsp.index.packed_integers import PLAIN, PackedIntegers, bits_for, packed, packed_length, unpacked


@pytest.mark.parametrize("most", [0, 1, 2, 255, 256, 70_000, (1 << 24) + 1, (1 << 25) - 1])
@pytest.mark.parametrize("count", [1, 7, 1000])
def test_they_come_back(most: int, count: int) -> None:
    numbers = np.random.default_rng(most).integers(0, most, count, np.int32, endpoint=True)
    numbers[-1] = most
    bits = bits_for(numbers)
    assert bits == max(most.bit_length(), 1)
    octets = packed(numbers, bits)
    assert len(octets) == packed_length(bits, count) <= bits * count // 8 + 8
    again = PackedIntegers(np.frombuffer(octets, np.uint8), bits, count)
    assert len(again) == count and [again[at] for at in range(count)] == numbers.tolist()
    places = np.arange(count)[::-3]
    assert again[places].tolist() == numbers[places].tolist()
    assert again[1:-1:2].tolist() == numbers[1:-1:2].tolist()
    assert np.array_equal(np.asarray(again), numbers)


@pytest.mark.parametrize("numbers", [[], [-1, 5], [1 << 25, 0]])
def test_what_does_not_fit_is_left_plain(numbers: list[int]) -> None:
    array = np.array(numbers, np.int32)
    assert bits_for(array) == PLAIN
    octets = packed(array, PLAIN)
    assert len(octets) == packed_length(PLAIN, len(array))
    assert unpacked(np.frombuffer(octets, np.uint8), PLAIN, len(array))[:].tolist() == numbers
