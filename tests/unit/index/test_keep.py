"""The keeper in this process: what it embeds and what it need not, and what it makes anew."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from vaults import follow, found, index, indexed, paths, problems, read_vault, vectors_made, write_notes

from recall_lsp.index import embedder, encoder
from recall_lsp.index import keep as keeping
from recall_lsp.index.encoder import CompileResult, Encoder
from recall_lsp.index.keep import keep
from recall_lsp.index.places import index_dir
from recall_lsp.index.vault import Vault
from recall_lsp.index.watch import Settled

NOTES = {
    "bread.md": "# Dough\n\nBread and soup at night.",
    "river.md": "The river road to the island.",
    "sub/train.md": "A night train, a book and some salt.",
}


class Spy:
    """An encoder that remembers what it was asked."""

    def __init__(self, encoder: Encoder, texts: list[str]) -> None:
        self._encoder, self._texts = encoder, texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._texts += texts
        return self._encoder.encode(texts)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that the keeper has embedded."""
    texts: list[str] = []
    load = encoder.load

    def spying(model: str, threads: int = 1) -> Spy | None:
        loaded = load(model, threads)
        return None if loaded is None else Spy(loaded, texts)

    monkeypatch.setattr(embedder, "load", spying)
    return texts


@pytest.fixture
def vault(root: Path, tiny: str, embedded: list[str]) -> Vault:
    made = indexed(root, NOTES, model=tiny)
    assert sorted(embedded) == sorted(
        ["Dough\nBread and soup at night.", "The river road to the island.", "A night train, a book and some salt."]
    )
    embedded.clear()
    return made


def rename(root: Path) -> None:
    (root / "bread.md").rename(root / "loaf.md")


def move(root: Path) -> None:
    (root / "other").mkdir()
    (root / "river.md").rename(root / "other" / "river.md")


def rename_folder(root: Path) -> None:
    (root / "sub").rename(root / "renamed")


def touch(root: Path) -> None:
    os.utime(root / "bread.md")


def copy(root: Path) -> None:
    shutil.copy(root / "bread.md", root / "copy.md")


def tag(root: Path) -> None:
    write_notes(root, {"bread.md": "---\ntitle: Bread\ntags: [food]\n---\n" + NOTES["bread.md"]})


def nothing(root: Path) -> None:
    pass


@pytest.mark.parametrize("change", [nothing, touch, rename, move, rename_folder, copy, tag])
def test_what_embeds_nothing_again(root: Path, tiny: str, vault: Vault, embedded: list[str], change: Any) -> None:
    made = vectors_made(root)
    change(root)
    index(root, model=tiny)
    assert embedded == []
    assert vectors_made(root) == made == 3
    follow(vault)
    on_disk = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.md"))
    assert paths(vault) == on_disk
    assert vault.matrix is not None and len(vault.matrix) == len(on_disk)
    assert vault.status().state == "ready"


def test_only_new_text_is_embedded(root: Path, tiny: str, vault: Vault, embedded: list[str]) -> None:
    write_notes(root, {"bread.md": "# Dough\n\nBread, soup and memory.", "new.md": "A new book."})
    index(root, model=tiny)
    assert sorted(embedded) == ["A new book.", "Dough\nBread, soup and memory."]


def test_text_that_left_and_comes_back_is_known(root: Path, tiny: str, vault: Vault, embedded: list[str]) -> None:
    (root / "river.md").unlink()
    index(root, model=tiny)
    assert "river.md" not in paths(follow(vault))
    write_notes(root, {"again.md": NOTES["river.md"]})
    index(root, model=tiny)
    assert embedded == []


def test_lost_vectors_are_made_again(root: Path, tiny: str, vault: Vault, embedded: list[str]) -> None:
    for file in index_dir(root).glob("vectors-*"):
        file.unlink()
    index(root, model=tiny)
    assert len(embedded) == 3
    fresh = read_vault(root, model=tiny)
    assert fresh.matrix is not None and len(fresh.matrix) == 3


def test_garbage_vectors_are_made_again(root: Path, tiny: str, vault: Vault, embedded: list[str]) -> None:
    vault.close()
    for file in index_dir(root).glob("vectors-*"):
        file.write_bytes(b"garbage, " * 2000)
    index(root, model=tiny)
    assert len(embedded) == 3
    fresh = read_vault(root, model=tiny)
    assert fresh.matrix is not None and len(fresh.matrix) == 3


@pytest.mark.parametrize("garbage", [b"", b"garbage, " * 2000, None])
def test_a_lost_catalog_comes_back_from_the_folder_without_embedding(
    root: Path, tiny: str, vault: Vault, embedded: list[str], garbage: bytes | None
) -> None:
    vault.close()
    for file in index_dir(root).glob("catalog.db*"):
        file.unlink()
    if garbage is not None:
        (index_dir(root) / "catalog.db").write_bytes(garbage)
    events = index(root, model=tiny)
    assert ("made anew" in problems(events)) == bool(garbage)
    assert embedded == []
    fresh = read_vault(root, model=tiny)
    assert paths(fresh) == sorted(NOTES)
    assert fresh.matrix is not None and len(fresh.matrix) == 3
    assert found(fresh, "the river road")[0] == "river.md"


def test_a_catalog_damaged_in_the_middle_is_made_anew(root: Path, tiny: str, vault: Vault) -> None:
    vault.close()
    catalog = index_dir(root) / "catalog.db"
    connection = sqlite3.connect(catalog)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(catalog.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    catalog.write_bytes(content)
    assert "made anew" in problems(index(root, model=tiny))
    assert paths(read_vault(root, model=tiny)) == sorted(NOTES)


def test_a_lost_full_text_view_is_made_anew_without_reading_a_note(
    root: Path, tiny: str, vault: Vault, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(index_dir(root) / "lexical")
    monkeypatch.setattr(keeping, "apply_changes", None)
    index(root, model=tiny)
    assert embedded == []
    assert found(read_vault(root), "the river road")[0] == "river.md"


def test_each_model_has_its_own_vectors(root: Path, tiny: str, vault: Vault, embedded: list[str]) -> None:
    index(root, model="none")
    index(root, model=tiny)
    assert embedded == [], "back to a model, its vectors are there"
    assert len(list(index_dir(root).glob("vectors-*.db"))) == 1


def test_newest_notes_are_embedded_first(root: Path, tiny: str, embedded: list[str]) -> None:
    for number in range(600):
        write_notes(root, {f"{number}.md": f"River number {number}."})
        os.utime(root / f"{number}.md", (1e9 + number, 1e9 + number))
    index(root, model=tiny)
    assert len(embedded) == 600
    newest = {f"River number {number}." for number in range(88, 600)}
    assert set(embedded[:512]) == newest


def test_killed_between_batches_what_was_committed_stays(
    root: Path, tiny: str, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notes(root, {f"{number}.md": f"River number {number}." for number in range(100)})
    stop = threading.Event()

    def report(event: Any) -> None:
        if event.get("stage") == "embedding" and event["done"] >= 32:
            stop.set()

    keep(root, {"model": tiny}, report, Settled(), stop, once=True)
    assert 32 <= len(embedded) < 100
    index(root, model=tiny)
    assert len(embedded) == len(set(embedded)) == vectors_made(root) == 100


def test_events(root: Path, tiny: str) -> None:
    events = index(write_notes(root, NOTES), model=tiny)
    assert [event["event"] for event in events] == ["progress", "changed", "progress", "ready"]
    assert events[1]["seq"] == 1
    assert [(e["stage"], e["done"], e["total"]) for e in events if e["event"] == "progress"] == [
        ("reading", 3, 3),
        ("embedding", 3, 3),
    ]
    assert [event["event"] for event in index(root, model=tiny)] == ["ready"]


def test_without_a_model_words_are_indexed_and_the_reason_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = CompileResult("no/such", error="The model no/such is not on this machine.")
    monkeypatch.setattr(embedder, "run_compile", lambda model, sample: failed)
    events = index(write_notes(root, NOTES), model="no/such")
    assert "no/such is not on this machine" in problems(events)
    assert "by their words alone" in problems(events)
    assert events[-1] == {"event": "ready"}
    assert found(read_vault(root), "the river road")[0] == "river.md"


def test_the_model_is_compiled_on_passages_of_the_vault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples: list[Sequence[str]] = []

    def compiling(model: str, sample: Sequence[str]) -> CompileResult:
        samples.append(sample)
        return CompileResult(model, error="not today.")

    monkeypatch.setattr(embedder, "run_compile", compiling)
    long = "A passage that is long enough to be compared by."
    index(write_notes(root, {"a.md": long, "b.md": "short"}), model="other")
    assert samples == [[long]]


def test_wrong_settings_are_told_and_the_defaults_kept(root: Path) -> None:
    write_notes(root, NOTES | {"recall.toml": 'limit = "many"\nsurprise = 1\n'})
    told = problems(index(root))
    assert "'limit' must be a number; keeping 5" in told
    assert "'surprise' is not known" in told
    assert paths(read_vault(root)) == sorted(NOTES)


def empty(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


@pytest.mark.parametrize("take_away", [shutil.rmtree, empty])
def test_a_missing_or_emptied_folder_loses_nothing(
    root: Path, tiny: str, vault: Vault, embedded: list[str], take_away: Any
) -> None:
    take_away(root)
    assert "its index is kept until" in problems(index(root, model=tiny))
    assert paths(read_vault(root, model=tiny)) == sorted(NOTES)
    index(write_notes(root, NOTES), model=tiny)
    assert embedded == []


def test_the_index_is_the_users_alone(root: Path, vault: Vault) -> None:
    folder = index_dir(root)
    assert not list(root.glob("**/.recall*")), "nothing is written into the notes folder"
    assert sorted(p.name for p in root.iterdir()) == ["bread.md", "river.md", "sub"]
    assert folder.stat().st_mode & 0o077 == 0
    for file in (*folder.glob("*.db"), folder / "lexical" / "seq"):
        assert file.stat().st_mode & 0o077 == 0, file
