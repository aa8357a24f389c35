"""Is an index whole?  Catalog, views, vectors, compiled model and folder are compared with each other, and mended.

Nothing is written by looking.  What a killed process leaves is `behind`: the next keeper makes it up by itself.
What is `broken` takes a repair: the part is removed, and made anew from what is whole.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import Timeout

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index.choose import chosen_model
from recall_lsp.index.compiled import find_source
from recall_lsp.index.encoder import Encoder, load
from recall_lsp.index.lexical import Lexical, view_state
from recall_lsp.index.mend import delete_database, delete_view, is_damaged, keeper_lock
from recall_lsp.index.places import index_dir, models_dir
from recall_lsp.index.reconcile import UnmountedError, find_changes
from recall_lsp.index.rows import bytes_hash, embedded_text, text_hash
from recall_lsp.index.scan import read_rules
from recall_lsp.index.vault import Vault
from recall_lsp.index.vectors import embeddings_path, open_embeddings

Part = Literal["catalog", "full text", "vectors", "model", "folder", "reader"]
_PAGES = 5_000
_OWN = f"{cat.WITHIN} AND p.note = n.id"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, in one line that quotes no note.

    `file` holds vectors that a repair clears of all that are not of `length` bytes, or with 0 removes.
    """

    part: Part
    what: str
    broken: bool
    file: Path | None = None
    length: int = 0


@contextmanager
def held(root: Path) -> Iterator[bool]:
    """Keep other keepers from the index meanwhile; False where one keeps it, or where nothing can be written."""
    folder = index_dir(root)
    if not folder.is_dir():
        yield True
        return
    lock = keeper_lock(folder)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def check(root: Path, options: Options) -> list[Finding]:
    """What is not as it should be in the index of `root`; [] when all is well."""
    folder = index_dir(root)
    findings = list(_model(options))
    try:
        catalog = cat.open_catalog(folder / "catalog.db", write=False)
    except FileNotFoundError:
        return [*findings, Finding("catalog", "There is no index yet.", broken=False)]
    except sqlite3.DatabaseError as error:
        return [*findings, Finding("catalog", f"The catalog cannot be used: {error}.", is_damaged(error))]
    with closing(catalog):
        try:
            found = list(_catalog(catalog))
        except sqlite3.DatabaseError as error:
            found = [Finding("catalog", f"The catalog cannot be read: {error}.", is_damaged(error))]
        findings += found
        if any(finding.broken for finding in found):
            return findings
        model = chosen_model(options.model, catalog)
        encoder = None if model == "none" else load(model)
        findings += _lexical(catalog, folder / "lexical")
        findings += _all_vectors(catalog, folder, encoder)
        findings += _folder(catalog, root, options)
        if not any(finding.broken for finding in findings):
            findings += _reader(catalog, root, options)
    return findings


def repair(root: Path, findings: list[Finding]) -> None:
    """Remove what is broken, so that the next keeper makes it anew.  Call it with the index `held`.  Raises OSError."""
    folder = index_dir(root)
    for finding in findings:
        if not finding.broken:
            continue
        if finding.part == "catalog":
            delete_database(folder / "catalog.db")
        elif finding.part == "full text":
            delete_view(folder / "lexical")
        elif finding.part == "vectors" and finding.file is not None:
            _repair_vectors(finding.file, finding.length)
        elif finding.part == "folder":
            with closing(cat.open_catalog(folder / "catalog.db", write=True)) as catalog:
                cat.doubt_all(catalog)


def _model(options: Options) -> Iterator[Finding]:
    model = chosen_model(options.model, None)
    source = None if model == "none" else find_source(model)
    folder = models_dir() / source.model_id if source else None
    if folder is not None and folder.exists() and load(model) is None:
        yield Finding("model", "The compiled model is damaged; it is compiled anew by itself.", broken=False)


def _catalog(catalog: sqlite3.Connection) -> Iterator[Finding]:
    for (line,) in catalog.execute("PRAGMA integrity_check(3)"):
        if line != "ok":
            yield Finding("catalog", f"The catalog's pages do not fit together: {line}.", broken=True)
    seq = cat.current_seq(catalog)
    wrong, incomplete = _compare_texts(catalog)
    for count, what in (
        (_count(catalog, f"passages WHERE id NOT IN (SELECT p.id FROM {_OWN})"), "passages belong to no note"),
        (_count(catalog, "notes WHERE seq > ?", seq), "notes are of a commit that never was"),
        (_count(catalog, "removed WHERE seq > ?", seq), "removals are of a commit that never was"),
        (_count(catalog, "removed JOIN notes ON notes.id = removed.note"), "notes are there and removed"),
        (_count(catalog, "notes JOIN skipped USING (path)"), "files are both notes and skipped"),
        (_count(catalog, "chunks WHERE first NOT IN (SELECT id FROM passages)"), "texts belong to no passage"),
        (wrong, "passages have another text's key"),
        (incomplete, "notes lack passages"),
    ):
        if count:
            yield Finding("catalog", f"{count} {what}.", broken=True)


def _compare_texts(catalog: sqlite3.Connection) -> tuple[int, int]:
    """(passages whose text has another key, notes whose passages are not all there)."""
    letters = dict(catalog.execute("SELECT id, letters FROM notes"))
    wrong, last = 0, 0
    while ids := [row[0] for row in catalog.execute("SELECT id FROM passages WHERE id > ? LIMIT ?", (last, _PAGES))]:
        keys = dict(catalog.execute("SELECT id, hash FROM passages WHERE id BETWEEN ? AND ?", (ids[0], ids[-1])))
        for row in cat.passages_by_id(catalog, ids).values():
            wrong += text_hash(embedded_text(row.passage)) != keys[row.id]
            letters[row.note] = letters.get(row.note, 0) - len(row.passage.text)
        last = ids[-1]
    return wrong, sum(left != 0 for left in letters.values())


def _lexical(catalog: sqlite3.Connection, folder: Path) -> Iterator[Finding]:
    state, seq = view_state(folder), cat.current_seq(catalog)
    if not state.born:
        yield Finding("full text", "There is no full-text view yet.", broken=False)
        return
    try:
        view = Lexical(folder)
    except (ValueError, OSError) as error:
        yield Finding("full text", f"The full-text view cannot be used: {error}.", broken=True)
        return
    if state.seq != seq:
        yield Finding("full text", f"The full-text view stands at commit {state.seq} of {seq}.", broken=False)
        return
    notes = Counter(row[0] for row in catalog.execute("SELECT id FROM notes"))
    passages = Counter(catalog.execute("SELECT id, note FROM passages").fetchall())
    yield from _differences("full text", "notes", notes, Counter(view.held_notes()))
    yield from _differences("full text", "passages", passages, Counter(view.held_passages()))


def _differences(part: Part, what: str, wanted: Counter[Any], found: Counter[Any]) -> Iterator[Finding]:
    for count, how in (((wanted - found).total(), "are missing"), ((found - wanted).total(), "are too many")):
        if count:
            yield Finding(part, f"{count} {what} {how} in the {part} view.", broken=True)


def _all_vectors(catalog: sqlite3.Connection, folder: Path, encoder: Encoder | None) -> Iterator[Finding]:
    own = embeddings_path(folder, encoder.model_id) if encoder else None
    for path in sorted({*folder.glob("vectors-*.db"), *([own] if own else [])}):
        dims = encoder.dims if encoder and path == own else None
        try:
            with closing(open_embeddings(path, write=False)) as embeddings:
                yield from _vectors(embeddings, path, dims)
                if path == own:
                    yield from _lacking(catalog, embeddings)
        except FileNotFoundError:
            yield Finding("vectors", "Nothing is embedded yet.", broken=False)
        except sqlite3.DatabaseError as error:
            yield Finding("vectors", f"The vectors in {path.name} cannot be read: {error}.", is_damaged(error), path)


def _vectors(embeddings: sqlite3.Connection, path: Path, dims: int | None) -> Iterator[Finding]:
    for (line,) in embeddings.execute("PRAGMA integrity_check(1)"):
        if line != "ok":
            yield Finding("vectors", f"The pages of {path.name} do not fit together: {line}.", True, path)
            return
    lengths = dict(embeddings.execute("SELECT length(vector), count(*) FROM vectors GROUP BY 1 ORDER BY 2 DESC"))
    right = dims or next(iter(lengths), 0)
    wrong = sum(count for length, count in lengths.items() if length != right)
    if wrong:
        yield Finding("vectors", f"{wrong} vectors in {path.name} have a wrong length.", True, path, right)


def _lacking(catalog: sqlite3.Connection, embeddings: sqlite3.Connection) -> Iterator[Finding]:
    wanted = {row[0] for row in catalog.execute("SELECT DISTINCT hash FROM passages WHERE letters")}
    lacking = len(wanted - {row[0] for row in embeddings.execute("SELECT hash FROM vectors")})
    if lacking:
        yield Finding("vectors", f"{lacking} of {len(wanted)} different texts are not embedded yet.", broken=False)


def _folder(catalog: sqlite3.Connection, root: Path, options: Options) -> Iterator[Finding]:
    try:
        changes = find_changes(root, catalog, read_rules(root, options), options)
    except UnmountedError as error:
        yield Finding("folder", f"{error}.", broken=False)
        return
    if changes:
        yield Finding("folder", f"{len(changes)} files have changed since they were read.", broken=False)
    unlike = 0
    for path, digest in catalog.execute("SELECT path, hash FROM notes"):
        if path not in changes:
            unlike += _differs(root / path, digest)
    if unlike:
        yield Finding("folder", f"{unlike} files were changed without a trace in their time and size.", broken=True)


def _differs(file: Path, digest: int) -> bool:
    try:
        return bytes_hash(file.read_bytes()) != digest
    except OSError:
        return False


def _reader(catalog: sqlite3.Connection, root: Path, options: Options) -> Iterator[Finding]:
    vault = Vault(root, options)
    with closing(vault):
        while vault.refresh(1 << 30):
            pass
        yield from check_reader(catalog, vault)


def check_reader(catalog: sqlite3.Connection, vault: Vault) -> Iterator[Finding]:
    """Whether a reader that has followed to the end holds what the catalog and the vectors hold."""
    notes = dict(catalog.execute("SELECT id, path FROM notes"))
    if {note: entry.path for note, entry in vault.entries.items()} != notes:
        yield Finding("reader", f"A reader holds {len(vault.entries)} notes, the catalog {len(notes)}.", broken=False)
    if vault.matrix is None or vault.encoder is None:
        return
    rows = catalog.execute("SELECT id, hash FROM passages WHERE letters").fetchall()
    with closing(open_embeddings(embeddings_path(vault.folder, vault.encoder.model_id), write=False)) as embeddings:
        known = dict(embeddings.execute("SELECT hash, vector FROM vectors"))
    wanted = {passage: known[key] for passage, key in rows if key in known}
    held = {passage: row for passage, _ in rows if (row := vault.matrix.row_of(passage)) is not None}
    same = held.keys() == wanted.keys() and len(vault.matrix) == len(wanted)
    if not same or any(not np.array_equal(row, np.frombuffer(wanted[at], np.int8)) for at, row in held.items()):
        yield Finding("reader", f"A reader holds {len(vault.matrix)} vectors, there are {len(wanted)}.", broken=False)


def _repair_vectors(path: Path, length: int) -> None:
    if not length:
        delete_database(path)
        return
    with closing(open_embeddings(path, write=True)) as embeddings:
        embeddings.execute("DELETE FROM vectors WHERE length(vector) != ?", (length,))


def _count(catalog: sqlite3.Connection, rest: str, *values: int) -> int:
    return int(catalog.execute(f"SELECT count(*) FROM {rest}", values).fetchone()[0])
