"""Text packed for disk: plain lists as JSON, then Zstandard with a dictionary of what this vault's records share.

Records are small, a note's each: alone they shrink to half, with a dictionary learned from some of them to a third.
The first byte of a packed record is the number of its dictionary.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import zstandard

_LEVEL = 12
"""20 to 200 µs a note; reading it back takes 2 to 10."""
MOST_BYTES = 112_640
"""Of a dictionary: Zstandard's own default."""
_SHARE = 8
"""A dictionary is at most so small a part of what it is learned from."""
_LEAST = 512

Dictionaries = Callable[[int], bytes | None]
"""The content of a dictionary by its number; b"" for none, None where there is no such number."""


def to_lines(*parts: Sequence[Any]) -> bytes:
    """A line of JSON each."""
    text = "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts)
    return text.encode("utf-8", "replace")


def parse(lines: bytes | None, at: int | None = None) -> Any:
    """One of the lines, or a list of all.  Raises sqlite3.DatabaseError for what was not packed here."""
    try:
        if lines is None:
            raise ValueError
        every = lines.split(b"\n")
        return [json.loads(line) for line in every] if at is None else json.loads(every[at])
    except (ValueError, IndexError) as error:
        raise sqlite3.DatabaseError("a record is damaged") from error


def learned(samples: Sequence[bytes]) -> bytes:
    """A dictionary of what the samples share, in some 0.2 s; b"" where they are too few to learn from."""
    size = min(MOST_BYTES, sum(map(len, samples)) // _SHARE)
    try:
        return bytes(zstandard.train_dictionary(size, list(samples)).as_bytes()) if size >= _LEAST else b""
    except zstandard.ZstdError:  # all alike, or hardly any
        return b""


class Packer:
    """Packs and unpacks the records of one database, whose dictionaries `read` gives."""

    def __init__(self, read: Dictionaries) -> None:
        self._read = read
        self._known: dict[int, tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]] = {}

    def pack(self, number: int, lines: bytes) -> bytes:
        """With the dictionary of that number."""
        return bytes([number]) + self._of(number)[0].compress(lines)

    def unpack(self, packed: object) -> bytes | None:
        """What was packed; None for anything else."""
        if not isinstance(packed, bytes) or not packed:
            return None
        try:
            return bytes(self._of(packed[0])[1].decompress(packed[1:]))
        except (zstandard.ZstdError, MemoryError, LookupError):
            return None

    def _of(self, number: int) -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
        if number not in self._known:
            content = self._read(number)
            if content is None:
                raise LookupError(number)
            dictionary = zstandard.ZstdCompressionDict(content) if content else None
            # Neither magic bytes nor a dictionary's id: eight bytes of each record that SQLite and the first byte tell.
            form = zstandard.ZstdCompressionParameters.from_level(
                _LEVEL, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_dict_id=False, write_content_size=True
            )
            self._known[number] = (
                zstandard.ZstdCompressor(dict_data=dictionary, compression_params=form),
                zstandard.ZstdDecompressor(dict_data=dictionary, format=zstandard.FORMAT_ZSTD1_MAGICLESS),
            )
        return self._known[number]
