"""Held-out writing: the newest tenth of a vault's notes to be typed again, and the rest of it indexed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from recall_lsp.config import Options
from recall_lsp.index.keep import keep
from recall_lsp.index.places import index_dir
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.index.watch import Settled
from recall_lsp.notes.model import Note
from recall_lsp.notes.read import decode, read_text

SHARE = 0.1
WINDOW = 1_500
"""Keys typed of one note, more where there are few notes, from a line that the hash of its path decides on."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A held-out note, and the places of its text before which a key of prose is typed, in order."""

    path: str
    text: str
    note: Note
    places: tuple[int, ...]


def digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def held_out(vault: Vault) -> list[str]:
    """Paths of the newest tenth where most notes tell their day, else of a tenth by hash; in hash order."""
    count = max(int(len(vault.entries) * SHARE), 1)
    dated = [(entry.written, entry.path) for entry in vault.entries.values() if entry.written]
    if len(dated) > len(vault.entries) / 2:
        return sorted((path for _, path in sorted(dated)[-count:]), key=digest)
    return sorted(vault.ids, key=digest)[:count]


def indexed_without(vault: Vault, out: Path, gone: list[str]) -> Vault:
    """The vault less some notes, copied to `out` and indexed there; embeddings are taken over, none is made."""
    left_out = set(gone)
    for path in vault.ids:
        if path not in left_out and not (out / path).exists():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(vault.root / path, out / path)
    index_dir(out).mkdir(parents=True, exist_ok=True)
    for vectors in index_dir(vault.root).glob("vectors-*.db"):
        shutil.copy2(vectors, index_dir(out) / vectors.name)
    keep(out, {}, lambda _: None, Settled(), threading.Event(), once=True)
    rest = open_vault(out, Options())
    while rest.refresh(1 << 30):
        pass
    return rest


def writings(root: Path, paths: list[str], keys: int) -> Iterator[Writing]:
    """Of the notes at `paths`, as many as make up some `keys`."""
    window = max(WINDOW, keys // len(paths))
    for path in paths:
        if keys <= 0:
            return
        text, note = read(root, path)
        prose = prose_places(note)
        if not prose:
            continue
        first, last = min(prose), max(prose) + 1
        room = max(last - first - window, 0)
        start = text.rfind("\n", 0, first + digest(path) % (room + 1)) + 1 if room else first
        places = tuple(at for at in sorted(prose) if start < at < start + window)
        keys -= len(places)
        yield Writing(path, text, note, places)


def read(root: Path, path: str) -> tuple[str, Note]:
    text = (decode((root / path).read_bytes()) or "").replace("\r\n", "\n")
    return text, read_text(path, text)


def prose_places(note: Note) -> frozenset[int]:
    """Every place of the file that the readers count as prose."""
    found: set[int] = set()
    for passage in note.passages:
        for at, (in_text, in_file) in enumerate(passage.anchors):
            stop = passage.anchors[at + 1][0] if at + 1 < len(passage.anchors) else len(passage.text)
            found.update(range(in_file, in_file + stop - in_text))
    return frozenset(found)
