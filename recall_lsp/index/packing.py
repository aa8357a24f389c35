"""Text packed for disk: plain lists as JSON, deflated.  Raw deflate, since SQLite keeps the lengths."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

_LEVEL = 6
"""Some 40 µs a note; higher ones gain nothing."""
_RAW = -zlib.MAX_WBITS
_OFTEN = b'","wiki",["","",[],["id:.md","~","title:\n[[["",1,'
"""Known to both sides from the start: most records are shorter than what deflate needs to learn it."""


def pack(*parts: Sequence[Any]) -> bytes:
    """A line of JSON each."""
    text = "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY, _OFTEN)
    return packer.compress(text.encode("utf-8", "replace")) + packer.flush()


def unpack(packed: bytes) -> list[bytes]:
    """The lines, each to be read by `parse`.  Raises sqlite3.DatabaseError for what was not packed here."""
    try:
        return zlib.decompressobj(_RAW, _OFTEN).decompress(packed).split(b"\n")
    except (zlib.error, TypeError) as error:
        raise sqlite3.DatabaseError("a record is damaged") from error


def parse(lines: Sequence[bytes], at: int) -> Any:
    """One of them.  Raises sqlite3.DatabaseError as well."""
    try:
        return json.loads(lines[at])
    except (ValueError, IndexError) as error:
        raise sqlite3.DatabaseError("a record is damaged") from error
