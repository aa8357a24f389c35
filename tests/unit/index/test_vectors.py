from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recall_lsp.index import catalog as cat
from recall_lsp.index.int8_rows import to_int8, to_unit
from recall_lsp.index.matrix import Matrix
from recall_lsp.index.rows import FileState
from recall_lsp.index.vectors import get_embeddings, open_embeddings, put_embeddings
from recall_lsp.notes.read import read_text

DIMS = 16
Rows = NDArray[np.float32]


def unit(seed: int) -> Rows:
    row = np.random.default_rng(abs(seed)).normal(size=DIMS).astype(np.float32)
    return np.asarray(row / np.linalg.norm(row), np.float32)


class Desk:
    """A catalog and a table of vectors, one passage a note: the vector of a text is made from its key."""

    def __init__(self, folder: Path) -> None:
        self.catalog = cat.open_catalog(folder / "catalog.db", write=True)
        self.table = open_embeddings(folder / "vectors-m.db", write=True)
        self.folder = folder

    def put(self, path: str, text: str) -> int:
        with cat.transaction(self.catalog) as seq:
            cat.put_note(self.catalog, seq, read_text(path, text), "en", FileState(1, 1), 0)
        return next(row.id for _, row in cat.notes_since(self.catalog, (seq - 1, cat.LAST_ID), 2000))

    def embed(self, *notes: int) -> None:
        keys = [key for _, _, key in cat.passage_keys(self.catalog, notes)]
        put_embeddings(self.table, keys, np.stack([unit(key) for key in keys]))

    def query(self, note: int) -> Rows:
        return unit(cat.passage_keys(self.catalog, [note])[0][2])

    def matrix(self, *notes: int) -> Matrix:
        matrix = Matrix(open_embeddings(self.folder / "vectors-m.db", write=False), DIMS)
        matrix.apply(self.catalog, notes, ())
        return matrix


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@given(arrays.arrays(np.float32, (3, DIMS), elements=st.floats(-1, 1, width=32)))
def test_int8_keeps_the_direction(rows: Rows) -> None:
    units = to_unit(to_int8(rows))
    for row, packed in zip(rows, units, strict=True):
        if np.abs(row).max() > 1e-6:
            assert float(packed @ row) / float(np.linalg.norm(row)) > 0.999
            assert abs(float(np.linalg.norm(packed)) - 1) < 1e-5


def test_stored_vectors_come_back_and_the_first_of_a_key_stays(tmp_path: Path) -> None:
    table = open_embeddings(tmp_path / "v.db", write=True)
    put_embeddings(table, [5, -7], np.stack([unit(1), unit(2)]))
    put_embeddings(table, [5], unit(3)[None])
    found = get_embeddings(table, [5, -7, 9])
    assert found.keys() == {5, -7}
    np.testing.assert_array_equal(np.frombuffer(found[5], np.int8), to_int8(unit(1)[None])[0])


def test_a_reader_makes_no_table(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_embeddings(tmp_path / "v.db", write=False)
    assert not (tmp_path / "v.db").exists()


def test_search_is_exact(desk: Desk) -> None:
    notes = [desk.put(f"{name}.md", f"Text {name}.") for name in range(300)]
    desk.embed(*notes)
    matrix = desk.matrix(*notes)
    rows = np.stack([desk.query(note) for note in notes])
    query = unit(12345)
    nearest = matrix.nearest(query, 20)
    wanted = np.sort(rows @ query)[::-1]
    np.testing.assert_allclose(nearest.cosines, wanted[:20], atol=0.02)
    assert len(set(nearest.notes.tolist())) == 20
    assert abs(nearest.mean - float(wanted.mean())) < 0.01
    assert abs(nearest.deviation - float(wanted.std())) < 0.01
    for note in notes[::50]:
        assert matrix.nearest(desk.query(note), 1).notes.tolist() == [note]


def test_equal_vectors_come_in_the_order_of_their_keys(desk: Desk) -> None:
    notes = [desk.put(f"{name}.md", "The same text.") for name in "abcdef"]
    desk.embed(notes[0])
    matrix = desk.matrix(*reversed(notes))
    found = matrix.nearest(desk.query(notes[0]), 6).passages.tolist()
    assert len(found) == 6
    assert found == sorted(found)


def test_vectors_that_come_later_are_filled_in(desk: Desk) -> None:
    notes = [desk.put(f"{name}.md", f"Text {name}.") for name in range(5)]
    twin = desk.put("twin.md", "Text 0.")
    desk.embed(notes[4])
    matrix = desk.matrix(*notes, twin)
    assert len(matrix) == 1
    desk.embed(*notes[:4])
    assert matrix.fill(2) is True
    assert len(matrix) == 4  # two texts, one of them in two notes
    assert matrix.fill() is False
    assert len(matrix) == 6
    assert set(matrix.nearest(desk.query(twin), 2).notes.tolist()) == {notes[0], twin}


def test_changed_and_removed_notes_leave_nothing_behind(desk: Desk) -> None:
    one, two = desk.put("one.md", "First."), desk.put("two.md", "Second.")
    desk.embed(one, two)
    matrix = desk.matrix(one, two)
    old = desk.query(one)
    assert desk.put("one.md", "Changed.") == one
    desk.embed(one)
    matrix.apply(desk.catalog, [one], [])
    assert matrix.nearest(desk.query(one), 1).notes.tolist() == [one]
    assert float(matrix.nearest(old, 1).cosines[0]) < 0.99
    matrix.apply(desk.catalog, [], [two])
    assert len(matrix) == 1
    assert matrix.nearest(desk.query(one), 10).notes.tolist() == [one]
    assert matrix.nearest_notes(desk.query(one), 10).notes.tolist() == [one]
    matrix.apply(desk.catalog, [], [one])
    assert len(matrix) == 0
    assert matrix.nearest(old, 10).notes.tolist() == []


def test_a_note_removed_while_its_vector_is_awaited_stays_away(desk: Desk) -> None:
    one, two = desk.put("one.md", "First."), desk.put("two.md", "First.")
    matrix = desk.matrix(one, two)
    matrix.apply(desk.catalog, [], [one])
    desk.embed(two)
    matrix.fill()
    assert matrix.nearest(desk.query(two), 5).notes.tolist() == [two]


def test_freed_places_are_used_again(desk: Desk) -> None:
    note = desk.put("note.md", "Text 0.")
    matrix = desk.matrix(note)
    for time in range(1, 3000, 100):
        desk.put("note.md", f"Text {time}.")
        desk.embed(note)
        matrix.apply(desk.catalog, [note], [])
        assert len(matrix) == 1
    assert len(matrix._rows.vectors) == 1024, "the matrix grew though one passage was replaced thirty times"


def test_what_is_known_of_a_note(desk: Desk) -> None:
    text = f"# One\n\n{'First prose. ' * 40}\n\n# Two\n\n{'Second prose. ' * 40}\n"
    note, bare = desk.put("note.md", text), desk.put("bare.md", "Not embedded.")
    desk.embed(note)
    matrix = desk.matrix(note, bare)
    (first, _, one), (second, _, two) = cat.passage_keys(desk.catalog, [note])
    notes = np.array([bare, note, 10**9])
    for wanted, passage in ((one, first), (two, second)):
        passages, cosines = matrix.best_of(notes, unit(wanted))
        assert passages.tolist() == [-1, passage, -1]
        assert cosines[1] > 0.999
    vector = matrix.vector_of(first)
    assert vector is not None and float(vector @ unit(one)) > 0.999
    assert matrix.vector_of(10**9) is None
    mean = unit(one) + unit(two)
    means = matrix.mean_cosines(notes, np.stack([mean / np.linalg.norm(mean), -unit(one)]))
    assert means[:, 0].tolist() == means[:, 2].tolist() == [0, 0]
    assert means[0, 1] > 0.999 > 0 > means[1, 1]


def test_a_failed_commit_stores_nothing(tmp_path: Path) -> None:
    table = open_embeddings(tmp_path / "v.db", write=True)
    with pytest.raises(ValueError):
        put_embeddings(table, [1, 2, 3], np.stack([unit(1), unit(2)]))
    assert get_embeddings(table, [1, 2, 3]) == {}
    put_embeddings(table, [1], unit(1)[None])
    assert isinstance(table, sqlite3.Connection) and not table.in_transaction


def test_the_centre_and_the_typical_nearness_follow_what_comes_and_goes(desk: Desk) -> None:
    notes = [desk.put(f"{number}.md", f"Text {number}.") for number in range(6)]
    desk.embed(*notes)
    matrix = desk.matrix(*notes)
    vectors = {note: unit(key) for note in notes for _, _, key in cat.passage_keys(desk.catalog, [note])}
    for left in (6, 3):
        gone = notes[left:]
        matrix.apply(desk.catalog, [], gone)
        rows = np.stack([vectors[note] for note in notes[:left]])
        total = to_int8(rows).sum(axis=0, dtype=np.int64)
        assert float(matrix.centre @ total) / float(np.linalg.norm(total)) > 0.999
        cosines = rows @ rows.T - 2 * np.eye(left)
        assert abs(matrix.typical() - float(cosines.max(axis=1).mean())) < 0.01
    matrix.apply(desk.catalog, [], notes)
    assert matrix.typical() == 0.5, "nothing is beside anything"
