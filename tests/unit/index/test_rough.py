from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from vaults import follow, index, read_vault, write_notes

from recall_lsp.index import catalog as cat
from recall_lsp.index import rough
from recall_lsp.index.encoder import Encoder
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.places import index_dir
from recall_lsp.index.rough import Rough
from recall_lsp.index.rows import FileState, text_hash
from recall_lsp.index.vectors import open_embeddings, put_embeddings
from recall_lsp.notes.read import read_text

WORDS, DIMS = 12, 24
Rows = NDArray[np.float32]


class BagOfWords:
    """A sketch counts words; the model's vector is a linear map of it, and some noise of its own."""

    dims = DIMS

    def __init__(self, sketched: int = WORDS) -> None:
        self._sketched = sketched
        self._map = np.random.default_rng(5).normal(size=(WORDS, DIMS))

    def sketch(self, texts: Sequence[str]) -> Rows:
        return self._counted(texts)[:, : self._sketched]

    def _counted(self, texts: Sequence[str]) -> Rows:
        counts = np.array([[text.split().count(f"w{at}") for at in range(WORDS)] for text in texts], np.float32)
        units = counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)
        return np.asarray(units, np.float32)

    def encode(self, texts: Sequence[str]) -> Rows:
        noise = [np.random.default_rng(abs(text_hash(text))).normal(size=DIMS) for text in texts]
        rows = self._counted(texts) @ self._map + 0.5 * np.stack(noise)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class Desk:
    """Notes of one passage, some of them embedded, and a reader's matrix of all."""

    def __init__(self, folder: Path, count: int = 120, encoder: BagOfWords | None = None) -> None:
        self.encoder = encoder or BagOfWords()
        self.catalog = cat.open_catalog(folder / "catalog.db", write=True)
        self.table = open_embeddings(folder / "vectors.db", write=True)
        words = np.random.default_rng(3).integers(0, WORDS, (count, 8))
        self.texts = [" ".join(f"w{word}" for word in row) for row in words]
        for number in range(count):
            self.put(number, self.texts[number])
        rows = cat.entries_since(self.catalog, (0, cat.LAST_ID), 2000)
        self.notes = sorted(row.entry.id for row in rows)
        self.matrix = Matrix(open_embeddings(folder / "vectors.db", write=False), DIMS)
        self.matrix.apply(self.catalog, self.notes, ())
        self.rough = Rough(cast(Encoder, self.encoder), self.matrix)

    def put(self, number: int, text: str) -> None:
        with cat.transaction(self.catalog) as seq:
            cat.put_note(self.catalog, seq, read_text(f"{number}.md", text), "en", FileState(1, 1), 0)

    def embed(self, texts: Sequence[str]) -> None:
        put_embeddings(self.table, [text_hash(text) for text in texts], self.encoder.encode(texts))
        while self.matrix.fill():
            pass

    def roughen(self) -> None:
        for _ in range(1000):
            if not self.rough.waiting:
                return
            self.rough.step(self.catalog)
        raise AssertionError("it never ends")

    def nearness(self, numbers: Sequence[int]) -> list[float]:
        """Cosines of these notes' vectors, as the matrix holds them, to what the model gives."""
        notes = np.array([self.notes[number] for number in numbers])
        rows = self.encoder.encode([self.texts[number] for number in numbers])
        return [float(self.matrix.best_of(notes[at : at + 1], row)[1][0]) for at, row in enumerate(rows)]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rough, "_LESSONS", (40, 80))
    monkeypatch.setattr(rough, "_WORTH", 20)


def test_rough_vectors_stand_in_until_each_is_replaced(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.embed(desk.texts[:39])
    assert not desk.rough.waiting and not desk.matrix.tells, "too few to learn from, and to ask"
    desk.embed(desk.texts[39:40])
    desk.roughen()
    assert (len(desk.matrix), desk.matrix.rough, desk.matrix.tells) == (120, 80, True)
    assert np.mean(desk.nearness(range(40, 120))) > 0.75, "in the model's own space"
    assert min(desk.nearness(range(40))) > 0.99, "what is embedded stays"
    desk.embed(desk.texts[40:60])
    assert desk.matrix.rough == 60 and min(desk.nearness(range(60))) > 0.99
    desk.embed(desk.texts[60:])
    assert (len(desk.matrix), desk.matrix.rough, desk.matrix.bare, desk.rough.waiting) == (120, 0, 0, False)
    fresh = Matrix(desk.table, DIMS)
    fresh.apply(desk.catalog, desk.notes, ())
    query = desk.encoder.encode(["w1 w2 w3"])[0]
    assert desk.matrix.nearest(query, 120).cosines.tolist() == fresh.nearest(query, 120).cosines.tolist()
    same = np.array_equal(desk.matrix.centre, fresh.centre) and desk.matrix.typical() == fresh.typical()
    assert same, "nothing rough is left in what is counted of all"


def test_more_lessons_make_better_vectors(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.embed(desk.texts[:40])
    desk.roughen()
    before = np.mean(desk.nearness(range(80, 120)))
    desk.embed(desk.texts[40:80])
    assert desk.rough.waiting
    desk.roughen()
    assert np.mean(desk.nearness(range(80, 120))) > before + 0.005


def test_few_that_wait_are_left_to_the_model(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.embed(desk.texts[:101])
    assert desk.matrix.bare == 19 and not desk.rough.waiting


def test_a_model_without_a_table_has_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path, encoder=BagOfWords(sketched=0))
    desk.embed(desk.texts[:90])
    desk.roughen()
    assert desk.matrix.rough == 0 and not desk.rough.waiting


def test_removed_and_changed_notes_leave_no_rough_vector_behind(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.embed(desk.texts[:40])
    desk.roughen()
    query = desk.encoder.encode([desk.texts[100]])[0]
    slot = desk.matrix._rows.slots_of([desk.matrix.nearest(query, 1).passages[0]])[0]
    gone = int(desk.matrix.nearest(query, 1).notes[0])
    desk.matrix.apply(desk.catalog, [], [gone])
    assert gone not in desk.matrix.nearest(query, 120).notes and not desk.matrix._rows.vectors[slot].any()
    assert gone not in desk.matrix.nearest_notes(query, 120).notes
    left = desk.matrix.rough
    desk.put(110, "w1 w1 w1")
    desk.matrix.apply(desk.catalog, [desk.notes[110]], [])
    assert (desk.matrix.rough, desk.matrix.bare) == (left - 1, 1)
    desk.roughen()
    assert (desk.matrix.rough, desk.matrix.bare) == (left, 0)
    desk.texts[110] = "w1 w1 w1"
    assert desk.nearness([110])[0] > 0.6


def test_a_reader_makes_them_between_questions_and_tells(root: Path, tiny: str) -> None:
    words = "river road bread soup salt train night island book note memory".split()
    chosen = np.random.default_rng(2).choice(words, (100, 5))
    write_notes(root, {f"{number}.md": " ".join(some) for number, some in enumerate(chosen)})
    index(root, model=tiny)
    (table,) = index_dir(root).glob("vectors-*.db")
    with sqlite3.connect(table) as connection:
        kept = connection.execute("SELECT hash, vector FROM vectors WHERE id > 45").fetchall()
        connection.execute("DELETE FROM vectors WHERE id > 45")
    connection.close()
    vault = follow(read_vault(root, model=tiny))
    assert vault.meaning is None, "those of a few alone are not asked"
    while vault.prepare():
        pass
    status = vault.status()
    assert (status.state, status.embedded, status.rough) == ("embedding", 45, 55)
    assert status.message == "100 notes; 45 of 100 passages embedded, 55 roughly until then"
    assert vault.meaning is not None
    buffer = read_text("new.md", "river road bread soup salt train").passages
    assert len(vault.known_vectors(buffer)) == 1, "what is being written has a rough vector too"
    with sqlite3.connect(table) as connection:
        connection.executemany("INSERT INTO vectors (hash, vector) VALUES (?, ?)", kept)
    connection.close()
    status = follow(vault).status()
    assert (status.state, status.embedded, status.rough) == ("ready", 100, 0) and not vault.unprepared
    assert len(vault.known_vectors(buffer)) == 0
