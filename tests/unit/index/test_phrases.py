"""The phrase view: what the vault says after some words, followed as notes change, mended when damaged."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from vaults import follow, index, indexed, read_vault, write_notes

from recall_lsp.index import catalog as cat
from recall_lsp.index.phrase_segment import build_segment, merged, read_segment, write_segment
from recall_lsp.index.phrase_words import folded, words_of
from recall_lsp.index.phrases import Phrases, PhraseWriter, matches_in
from recall_lsp.index.places import index_dir
from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text


def said(vault: Vault, text: str, beginning: str = "") -> list[str]:
    """What follows `text`, the longest match first, as `length: words`."""
    language = vault.language_of(read_text("new.md", text))
    stems = [word.stem for word in reversed(words_of(text, language))]
    found = vault.phrases.matches(stems, beginning).found
    return [f"{match.length}: {' '.join(filter(None, match.following))}" for match in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two loaves, one day.", ["two", "loaves", "one", "day", ""]),
        ("e.g. Mr. Lee", ["e", "g", "", "mr", "", "lee"]),
        ("Crème brûlée!? Yes", ["creme", "brulee", "", "yes"]),
        ("今日は。明日", ["今", "日", "は", "", "明", "日"]),
        ("がんばる", ["が", "ん", "ば", "る"]),
        ("snake_case", ["snake", "case"]),
        ("\n\n one", ["one"]),
        ("version 3.11 of", ["version", "3", "11", "of"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    words = words_of(text, "")
    assert [word.surface for word in words] == expected
    assert all(folded(text[word.start : word.end]) == word.surface for word in words if word.surface)


def test_all_places_lie_sorted_by_the_words_before_them() -> None:
    random.seed(7)
    texts = [" ".join(random.choices("abcde", k=60)) for _ in range(20)]
    segment = build_segment((at, at, text, "") for at, text in enumerate(texts))
    whole = " ".join(texts).split()
    for size in (1, 2, 5, 8):
        wanted = random.choices("abcde", k=size) if size < 5 else whole[30 : 30 + size]
        stems = [*reversed(wanted)]
        counted = sum(
            row[at : at + size] == wanted for row in map(str.split, texts) for at in range(len(row) - size + 1)
        )
        everywhere = np.ones(len(segment.passages), bool)
        counts = matches_in(segment, everywhere, stems, "").counts
        assert (counts[size - 1] if len(counts) == size else 0) == counted


def test_a_segment_comes_back_from_its_file(tmp_path: Path) -> None:
    segment = build_segment([(4, 2, "Ein Käse. Noch ein Käse", "de"), (9, 3, "", "")])
    write_segment(tmp_path / "a", segment)
    again = read_segment(tmp_path / "a")
    assert all(np.array_equal(getattr(segment, name), getattr(again, name)) for name in segment.__slots__)
    data = (tmp_path / "a").read_bytes()
    for number, damaged in enumerate((data[:-4], data[:8], b"", b"\x09" + data[1:])):
        path = tmp_path / f"damaged-{number}"
        path.write_bytes(damaged)
        with pytest.raises((ValueError, OSError)):
            read_segment(path)


def test_merging_is_building_from_what_is_alive() -> None:
    rows = [(at, at, text, "en") for at, text in enumerate(["the old bread oven", "an older bread", "new bread oven"])]
    parts = [build_segment(rows[:2]), build_segment(rows[2:])]
    whole = merged(parts, [np.array([True, False]), np.array([True])])
    expected = build_segment([rows[0], rows[2]])
    assert all(np.array_equal(getattr(whole, name), getattr(expected, name)) for name in whole.__slots__)


def test_words_are_matched_in_any_form_and_continued_as_they_stand(root: Path) -> None:
    english = "\n\nThese are the words that an English note would be written in, and there are enough of them to tell."
    notes = {"a.md": "The bread ovens of Lyon are cold.", "b.md": "Our bread oven is hot."}
    vault = indexed(root, {path: text + english for path, text in notes.items()})
    assert said(vault, "a bread oven") == ["2: is hot", "2: of lyon are"]
    assert said(vault, "a bread oven", "i") == ["2: is hot"]
    assert said(vault, "BREAD OVENS", "ly") == []
    assert said(vault, "gold") == []


def test_changed_and_forgotten_notes(root: Path) -> None:
    vault = indexed(root, {"a.md": "The kettle boils at noon.", "b.md": "The kettle sings."})
    write_notes(root, {"b.md": "The kettle is rusty."})
    index(root)
    assert said(follow(vault), "the kettle") == ["2: boils at noon", "2: is rusty"]
    index(root, exclude=["a.md"])
    assert said(follow(vault), "the kettle") == ["2: is rusty"]
    (root / "b.md").unlink()
    write_notes(root, {"c.md": "Nothing."})
    index(root, exclude=["a.md"])
    assert said(follow(vault), "the kettle") == []


def test_many_small_changes_make_few_segments(root: Path) -> None:
    index(root)
    for day in range(12):
        write_notes(root, {f"{day}.md": f"On day {day} the river rose again."})
        index(root)
    vault = read_vault(root)
    assert len(list((index_dir(root) / "phrases").glob("*.words"))) <= 3
    assert sorted(said(vault, "the river", "ro")) == ["2: rose again"] * 12


def test_a_damaged_or_lost_view_is_made_anew(root: Path) -> None:
    vault = indexed(root, {"a.md": "The kettle boils at noon."})
    folder = index_dir(root) / "phrases"
    for damage in ("cut", "flip", "lost", "view"):
        for path in folder.glob("*.words" if damage != "view" else "view.json"):
            data = bytearray(path.read_bytes())
            path.unlink()
            if damage == "cut":
                path.write_bytes(data[:-8])
            elif damage == "flip":
                data[60] ^= 255
                path.write_bytes(data)
            elif damage == "view":
                path.write_bytes(b'{"format": 1}')
        index(root)
        assert said(follow(vault), "the kettle") == ["2: boils at noon"], damage


def test_a_reader_without_a_view_is_silent(root: Path) -> None:
    vault = indexed(root, {"a.md": "The kettle boils at noon."})
    for path in (index_dir(root) / "phrases").iterdir():
        path.unlink()
    assert said(follow(vault), "the kettle") == []


def test_a_lost_catalog_starts_the_view_anew(tmp_path: Path) -> None:
    folder = tmp_path / "phrases"
    catalog = cat.open_catalog(tmp_path / "catalog.db", write=True)
    for _ in range(3):
        with cat.transaction(catalog):
            pass
    PhraseWriter(folder).update(catalog)
    catalog.close()
    (tmp_path / "catalog.db").unlink()
    young: sqlite3.Connection = cat.open_catalog(tmp_path / "catalog.db", write=True)
    PhraseWriter(folder).update(young)
    reader = Phrases(folder)
    reader.follow(young, 1)
    assert len(reader) == 0


def test_how_often_words_stand(root: Path) -> None:
    vault = indexed(root, {"a.md": "Bread and breads and a breadth.", "b.md": "Bread again."})
    phrases = vault.phrases
    assert [phrases.frequency(word) for word in ("bread", "breads", "and", "brea", "oven")] == [2, 1, 2, 0, 0]
    assert [phrases.frequency(word, begun=True) for word in ("bread", "brea", "a", "o")] == [4, 4, 4, 0]
