"""Tantivy's files on disk: written once, each with a footer that holds its checksum.

Tantivy maps them into memory, where a truncated file ends the process (SIGBUS).  So they are looked at before they
are opened, and made read-only when they are written, so that no ordinary program truncates one that is in use.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import zlib
from pathlib import Path
from typing import BinaryIO

_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_TAIL = 8
"""Length of the footer (little-endian u32), then _MAGIC."""
_MAGIC = 1337
_CHUNK = 1 << 20
_SEGMENT = re.compile("[0-9a-f]{32}")


def segment_files(folder: Path) -> list[str]:
    """Names of the files that the index in `folder` is made of.  Raises OSError, ValueError."""
    meta = json.loads((folder / "meta.json").read_bytes())
    names = []
    try:
        for segment in meta["segments"]:
            name = segment["segment_id"].replace("-", "")
            names += [f"{name}.{part}" for part in _PARTS]
            if segment["deletes"]:
                names.append(f"{name}.{segment['deletes']['opstamp']}.del")
    except (KeyError, TypeError) as error:
        raise ValueError(f"{folder.name}/meta.json is damaged") from error
    return names


def scattered(folder: Path) -> float:
    """The share of an index's documents that lie in another segment than the largest, or are deleted.

    Raises OSError, ValueError.
    """
    segments = json.loads((folder / "meta.json").read_bytes())["segments"]
    sizes = [int(segment["max_doc"]) for segment in segments]
    deleted = sum(int(segment["deletes"]["num_deleted_docs"]) for segment in segments if segment["deletes"])
    return (sum(sizes) - max(sizes) + deleted) / sum(sizes) if sizes else 0.0


def verify(folder: Path, *, contents: bool) -> None:
    """Raises OSError or ValueError when a file of the index is missing or cut short or, with `contents`, altered.

    Without `contents` it takes some 20 µs a file, with them some 3 ms a megabyte.
    """
    names = segment_files(folder)
    while True:
        try:
            for name in names:
                _verify(folder / name, contents)
            return
        except FileNotFoundError:  # merged away by the writer meanwhile, or lost
            before, names = names, segment_files(folder)
            if names == before:
                raise


def remove_leftovers(folder: Path) -> None:
    """Removes what a killed writer had begun: Tantivy refuses to write a file of the same name again.

    Only for the one writer, before it opens the index.  Raises OSError, ValueError.
    """
    wanted = set(segment_files(folder))
    for path in folder.iterdir():
        if _SEGMENT.fullmatch(path.stem.partition(".")[0]) and path.name not in wanted:
            with contextlib.suppress(OSError):  # open in a reader, where that keeps a file
                path.unlink()


def make_read_only(folder: Path) -> None:
    """Only Tantivy removes these files, and nobody changes them.  (Where Windows is, it could not remove them.)"""
    if os.name != "posix":
        return
    for name in segment_files(folder):
        with contextlib.suppress(FileNotFoundError):  # merged away meanwhile
            if (folder / name).stat().st_mode & 0o200:
                (folder / name).chmod(0o400)


def _verify(path: Path, contents: bool) -> None:
    with path.open("rb") as file:
        try:
            checksum, length = _footer(file)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.parent.name}/{path.name} is cut short") from error
        if contents and _crc(file, length) != checksum:
            raise ValueError(f"{path.parent.name}/{path.name} is damaged")


def _footer(file: BinaryIO) -> tuple[int, int]:
    """(CRC-32 of the content, length of the content).  Raises ValueError, KeyError or TypeError where there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    length, magic = int.from_bytes(tail[:4], "little"), int.from_bytes(tail[4:], "little")
    content = size - _TAIL - length
    if magic != _MAGIC or content < 0:
        raise ValueError("there is no footer")
    file.seek(content)
    return int(json.loads(file.read(length))["crc"]), content


def _crc(file: BinaryIO, length: int) -> int:
    file.seek(0)
    crc = 0
    while length > 0:
        chunk = file.read(min(length, _CHUNK))
        length -= len(chunk)
        crc = zlib.crc32(chunk, crc)
    return crc
