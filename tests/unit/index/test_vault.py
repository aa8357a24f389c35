from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from vaults import follow, found, index, indexed, paths, read_vault, recall, write_notes

from recall_lsp.index import catalog as cat
from recall_lsp.index.check import check_reader
from recall_lsp.index.lexical import LexicalWriter
from recall_lsp.index.places import index_dir
from recall_lsp.notes.model import Link, Span
from recall_lsp.notes.read import read_text

NOTES = {
    "bread.md": "---\ndate: 2020-02-02\n---\nThe dough rested all night. See [[river|the river]].\n",
    "river.md": "The ferry crossed the river at night.\n\n# Tides\n\nHigh and low. ^mark\n",
    "sub/river.md": "Another river, far away, without a boat.\n",
}


def link(target: str, fragment: str = "") -> Link:
    return Link(target, fragment, target, "wiki", Span(0, 1), 0)


def test_before_the_first_commit_there_is_nothing(root: Path) -> None:
    vault = read_vault(root)
    assert vault.refresh() is False
    assert vault.entries == {} and vault.matrix is None
    assert recall(vault, "The ferry crossed the river.") == ()
    assert vault.suggest("river", 5) == [] and vault.preview("river.md", "") is None
    assert (vault.status().state, vault.status().notes) == ("empty", 0)
    assert not index_dir(root).exists(), "a reader writes nothing"


def test_a_reader_follows_each_commit(root: Path) -> None:
    vault = indexed(root, NOTES)
    assert paths(vault) == sorted(NOTES)
    assert found(vault, "The ferry at night")[0] == "river.md"
    revision = vault.revision
    assert vault.refresh() is False
    assert vault.revision == revision, "nothing new, nothing done"
    write_notes(root, {"glacier.md": "Glaciers keep the air of former centuries."})
    (root / "river.md").unlink()
    index(root)
    follow(vault)
    assert vault.revision > revision
    assert paths(vault) == ["bread.md", "glacier.md", "sub/river.md"]
    assert found(vault, "air, glaciers") == ["glacier.md"]
    assert "river.md" not in found(vault, "The ferry at night")


def test_it_takes_a_large_vault_in_bounded_bites(root: Path) -> None:
    write_notes(root, {f"{number}.md": f"Prose {number}." for number in range(900)})
    index(root)
    vault = read_vault(root)
    fresh = type(vault)(root, vault.options)
    bites = [len(fresh.entries)]
    while fresh.refresh(200):
        bites.append(len(fresh.entries))
    assert len(fresh.entries) == 900
    assert len(bites) > 2


def test_notes_changed_and_removed_between_two_bites(root: Path, tiny: str) -> None:
    write_notes(root, {f"{number}.md": f"Prose {number}." for number in range(90)})
    index(root, model=tiny)
    vault = read_vault(root, model=tiny)
    fresh = type(vault)(root, vault.options)
    assert fresh.refresh(30)
    for number in range(0, 90, 3):
        (root / f"{number}.md").rename(root / f"renamed {number}.md")
        write_notes(root, {f"{number + 1}.md": f"Volcano {number}."})
    index(root, model=tiny)
    while fresh.refresh(7):
        pass
    while fresh.prepare():
        pass
    with closing(cat.open_catalog(index_dir(root) / "catalog.db", write=False)) as catalog:
        assert list(check_reader(catalog, fresh)) == []
    follow(vault)
    assert paths(fresh) == paths(vault) == sorted(file.name for file in root.iterdir())
    assert [one.path for one in fresh.suggest("renamed 3", 1)] == ["renamed 3.md"]
    assert vault.link_style == fresh.link_style


@pytest.mark.parametrize("damaged", ["lexical/notes/*.term", "vectors-*.db"])
def test_one_damaged_view_leaves_the_other(root: Path, tiny: str, damaged: str) -> None:
    indexed(root, NOTES, model=tiny).close()
    for path in index_dir(root).glob(damaged):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:4096] + b"x" * (len(content) - 4096) if path.suffix == ".db" else content[:-9])
    vault = read_vault(root, model=tiny)
    assert paths(vault) == sorted(NOTES)
    assert found(vault, "The ferry at night"), "what is left answers"
    index(root, model=tiny)
    follow(vault)
    assert vault.lexical is not None and len(vault.matrix or ()) > 0, "and what was mended is taken up again"


def test_the_index_made_anew_under_a_reader(root: Path) -> None:
    vault = indexed(root, NOTES)
    (index_dir(root) / "catalog.db").unlink()
    (root / "bread.md").unlink()
    index(root)
    follow(vault)
    assert paths(vault) == ["river.md", "sub/river.md"]
    assert found(vault, "The ferry at night")[0] == "river.md"


def test_a_garbage_index_counts_as_empty_until_it_is_mended(root: Path) -> None:
    write_notes(root, NOTES)
    index(root)
    catalog = index_dir(root) / "catalog.db"
    for file in catalog.parent.glob("catalog.db*"):
        file.write_bytes(b"garbage, " * 1000)
    vault = read_vault(root)
    assert vault.entries == {}
    assert recall(vault, "The ferry") == ()
    assert vault.status().state == "empty"
    index(root)
    assert paths(follow(vault)) == sorted(NOTES)


def test_a_lost_full_text_view_is_found_again(root: Path) -> None:
    vault = indexed(root, NOTES)
    (index_dir(root) / "lexical" / "seq").unlink()
    write_notes(root, {"new.md": "Glaciers."})
    index(root)
    assert found(follow(vault), "glaciers") == ["new.md"]


def test_the_full_text_view_may_come_after_the_catalog(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that looks between the two commits takes the second one too."""
    vault = indexed(root, NOTES)
    write_notes(root, {"new.md": "Glaciers."})
    update, seen = LexicalWriter.update, list[list[str]]()

    def slow_update(writer: LexicalWriter, catalog: sqlite3.Connection) -> None:
        follow(vault)
        seen.append(paths(vault))
        update(writer, catalog)

    monkeypatch.setattr(LexicalWriter, "update", slow_update)
    index(root)
    assert "new.md" in seen[-1]
    assert found(follow(vault), "glaciers") == ["new.md"]


def test_dates_fall_back_on_the_file(root: Path) -> None:
    write_notes(root, NOTES)
    os.utime(root / "river.md", (1_500_000_000, 1_500_000_000))
    index(root)
    vault = read_vault(root)
    entry, dated = vault.entry("river.md"), vault.entry("bread.md")
    assert entry is not None and dated is not None
    assert (vault.date_of(entry), vault.date_of(dated)) == (date(2017, 7, 14), date(2020, 2, 2))


def test_the_day_of_copying_is_no_date(root: Path) -> None:
    write_notes(root, NOTES | {f"copied {number}.md": f"Copied note {number}." for number in range(20)})
    os.utime(root / "river.md", (1_500_000_000, 1_500_000_000))
    index(root)
    vault = read_vault(root)
    dates = {entry.path: vault.date_of(entry) for entry in vault.entries.values()}
    assert (dates["copied 1.md"], dates["river.md"], dates["bread.md"]) == (None, date(2017, 7, 14), date(2020, 2, 2))
    assert {one.path: one.written for one in vault.suggest("copied 1", 3)}["copied 1.md"] is None


def test_links_are_resolved_from_where_they_stand(root: Path) -> None:
    vault = indexed(root, NOTES)
    assert vault.resolve(link("bread"), "new.md") == "bread.md"
    assert vault.resolve(link("river"), "sub/new.md") == "sub/river.md"
    assert vault.resolve(link("", "Tides"), "river.md") == "river.md"
    assert vault.resolve(link("nowhere"), "new.md") is None
    assert vault.ambiguous("river.md") and not vault.ambiguous("bread.md")


def test_the_links_of_a_buffer_are_its_own(root: Path) -> None:
    vault = indexed(root, NOTES)
    buffer = read_text("bread.md", "See [[sub/river]], [[bread]] and [[nowhere]].")
    assert vault.outlinks(buffer) == {vault.ids["sub/river.md"]}


@pytest.mark.parametrize(
    ("notes", "kind"),
    [
        ({"a.md": "[[b]] [[c]]", "b.md": "", "c.md": ""}, "wiki"),
        ({"a.md": "[b](b.md) [c](c.md)", "b.md": "[[c]]", "c.md": ""}, "markdown"),
        ({"a.org": "[[file:b.org][b]]", "b.org": "text"}, "org"),
    ],
)
def test_links_are_written_as_the_vault_mostly_does(root: Path, notes: dict[str, str], kind: str) -> None:
    assert indexed(root, notes).link_style == kind
    assert read_vault(root, link_style="wiki").link_style == "wiki"


def test_lines_are_those_of_the_file_now(root: Path) -> None:
    text = "one\r\ntwo\rthree\nfour é five"
    vault = indexed(root, {"a.md": text})
    assert [vault.line_at("a.md", text.index(word)) for word in ("one", "two", "three", "four", "five")] == [
        0, 1, 2, 3, 3
    ]  # fmt: skip
    assert vault.line_at("nowhere.md", 3) is None


def test_status(root: Path) -> None:
    files: dict[str, str | bytes] = {"bad.md": b"\0\0", "broken.md": "---\nx: [\n---\nProse."}
    status = indexed(root, NOTES | files).status()
    assert (status.state, status.notes, status.embedded) == ("ready", 4, 0)
    assert "words alone" in status.message
    assert status.skipped == (("bad.md", "not a text file"),)
    assert [path for path, _ in status.problems] == ["broken.md"]
    assert status.size > 10_000


def test_a_model_that_comes_later_is_taken(root: Path, tiny: str) -> None:
    index(write_notes(root, NOTES))
    vault = read_vault(root, model=tiny)
    assert vault.encoder is not None and vault.matrix is None
    assert "embedded" in vault.status().message
    assert found(vault, "The ferry at night")[0] == "river.md"
    index(root, model=tiny)
    follow(vault)
    assert vault.matrix is not None and len(vault.matrix) == vault.status().passages == 4
    assert vault.status().state == "ready"
    assert all("meaning" in hit.found_by for hit in recall(vault, "The ferry at night", limit=1))


def test_known_vectors_are_those_of_the_buffer(root: Path, tiny: str) -> None:
    vault = indexed(root, NOTES, model=tiny)
    same = read_text("other.md", "Another river, far away, without a boat.\n")
    assert vault.known_vectors(same.passages).shape == (1, 8)
    assert not len(vault.known_vectors(read_text("x.md", "Typed just now, never embedded.").passages))


def test_a_reader_never_writes_the_catalog(root: Path) -> None:
    vault = indexed(root, NOTES)
    assert vault._catalog is not None
    with pytest.raises(sqlite3.OperationalError):
        vault._catalog.execute("DELETE FROM notes")
    with cat.transaction(cat.open_catalog(index_dir(root) / "catalog.db", write=True)):
        assert recall(vault, "The ferry at night"), "a reader does not wait for the writer"
