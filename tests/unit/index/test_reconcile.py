from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from vaults import write_notes

from recall_lsp.config import Options
from recall_lsp.index import catalog as cat
from recall_lsp.index import reconcile
from recall_lsp.index.reconcile import UnmountedError, apply_changes, check_paths, find_changes
from recall_lsp.index.scan import read_rules
from recall_lsp.index.status import read_status
from recall_lsp.notes import read as reading

NOTES = {"a.md": "First prose.", "b.md": "Second prose.", "sub/c.org": "* Third\nprose."}


class Folder:
    """A notes folder and its catalog, brought together by hand."""

    def __init__(self, root: Path, catalog: sqlite3.Connection, options: Options) -> None:
        self.root, self.catalog, self.options = root, catalog, options
        self.progress: list[tuple[int, int]] = []

    def changes(self) -> dict[str, Any]:
        return find_changes(self.root, self.catalog, read_rules(self.root, self.options), self.options)

    def check(self, *paths: str) -> dict[str, Any]:
        return check_paths(self.root, self.catalog, read_rules(self.root, self.options), paths)

    def reconcile(self, changes: dict[str, Any] | None = None) -> int:
        """Apply and give the number of commits."""
        changes = self.changes() if changes is None else changes
        report = lambda done, total: self.progress.append((done, total))  # noqa: E731
        return len(list(apply_changes(self.root, self.catalog, self.options, changes, report)))

    def notes(self, since: int = 0) -> list[str]:
        return [row.path for _, row in cat.notes_since(self.catalog, (since, cat.LAST_ID), 2000)]


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Folder:
    write_notes(root, NOTES)
    made = Folder(root, cat.open_catalog(tmp_path / "catalog.db", write=True), Options())
    made.reconcile()
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that were parsed."""
    parsed: list[str] = []
    read_bytes = reading.read_bytes

    def spy(path: str, data: bytes, most: int) -> Any:
        parsed.append(path)
        return read_bytes(path, data, most)

    monkeypatch.setattr(reconcile, "read_bytes", spy)
    return parsed


def test_all_is_taken_once(folder: Folder) -> None:
    assert sorted(folder.notes()) == sorted(NOTES)
    assert folder.changes() == {}
    assert folder.reconcile() == 0


def test_changed_new_and_gone_files(folder: Folder, read: list[str]) -> None:
    write_notes(folder.root, {"a.md": "Changed prose, longer.", "new.md": "New."})
    (folder.root / "b.md").unlink()
    assert {path: state is None for path, state in folder.changes().items()} == {
        "a.md": False, "new.md": False, "b.md": True
    }  # fmt: skip
    assert folder.reconcile() == 1
    assert sorted(read) == ["a.md", "new.md"]
    assert sorted(folder.notes()) == ["a.md", "new.md", "sub/c.org"]


def test_a_touched_file_is_no_change_for_the_views(folder: Folder, read: list[str]) -> None:
    seq = cat.current_seq(folder.catalog)
    os.utime(folder.root / "a.md", ns=(1, 1))
    folder.reconcile()
    assert read == folder.notes(seq) == []
    assert folder.changes() == {}


def test_a_change_of_the_same_size_is_seen(folder: Folder) -> None:
    write_notes(folder.root, {"a.md": "FIRST PROSE."})
    assert list(folder.changes()) == ["a.md"]


def test_another_file_of_the_same_size_and_time_is_seen(folder: Folder) -> None:
    before = (folder.root / "a.md").stat()
    write_notes(folder.root, {"other": "FIRST PROSE."})
    os.utime(folder.root / "other", ns=(before.st_atime_ns, before.st_mtime_ns))
    (folder.root / "other").replace(folder.root / "a.md")
    assert list(folder.changes()) == list(folder.check("a.md")) == ["a.md"]


def test_events_are_hints_that_the_disk_decides(folder: Folder) -> None:
    write_notes(folder.root, {"a.md": "Changed prose, longer.", "image.png": "x", ".hidden.md": "x", "new.md": "x"})
    (folder.root / "b.md").unlink()
    changes = folder.check("a.md", "b.md", "sub/c.org", "image.png", ".hidden.md", "nothing.md", "new.md", "sub")
    assert {path: state is None for path, state in changes.items()} == {"a.md": False, "b.md": True, "new.md": False}
    many = [f"nothing-{number}.md" for number in range(100)]
    assert folder.check(*many, "a.md", "b.md", "new.md").keys() == changes.keys()


def test_paths_of_events_lead_nowhere_outside(folder: Folder, tmp_path: Path) -> None:
    write_notes(tmp_path, {"secret.md": "secret"})
    (folder.root / "stolen.md").symlink_to(tmp_path / "secret.md")
    write_notes(tmp_path / "other", {"secret.md": "secret"})
    (folder.root / "elsewhere").symlink_to(tmp_path / "other")
    (folder.root / "loop").symlink_to(folder.root)
    (folder.root / "inside.md").symlink_to(folder.root / "a.md")
    hints = ("../secret.md", "stolen.md", "elsewhere/secret.md", "loop/a.md", "sub/../a.md")
    assert folder.check(*hints, str(tmp_path / "secret.md")) == {}
    assert folder.check("inside.md").keys() == folder.changes().keys() == {"inside.md"}


def empty(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


@pytest.mark.parametrize("take_away", [shutil.rmtree, empty])
def test_a_missing_or_emptied_folder_keeps_its_index_and_says_so(folder: Folder, take_away: Any) -> None:
    take_away(folder.root)
    with pytest.raises(UnmountedError, match=r"its index is kept until .* back"):
        folder.changes()
    write_notes(folder.root, NOTES)
    assert None not in folder.changes().values()
    assert sorted(folder.notes()) == sorted(NOTES)


def test_a_folder_without_notes_is_not_an_unmounted_one(folder: Folder) -> None:
    for path in NOTES:
        (folder.root / path).unlink()
    folder.reconcile()
    assert folder.notes() == []


def test_skipped_with_the_reason(folder: Folder) -> None:
    files = {"nul.md": b"text\0text", "binary.txt": bytes(range(256)) * 5, "large.md": b"x" * 2001, "fits.md": b"x"}
    write_notes(folder.root, files)
    folder.options = Options(max_bytes=2000)
    folder.reconcile()
    reasons = dict(cat.skipped(folder.catalog))
    assert reasons.keys() == {"nul.md", "binary.txt", "large.md"}
    assert reasons["nul.md"] == reasons["binary.txt"] == "not a text file"
    assert "max_bytes" in reasons["large.md"]
    assert "fits.md" in folder.notes()
    assert folder.changes() == {}, "skipped files are known"
    folder.options = Options()
    folder.reconcile()
    assert "large.md" in folder.notes(), "a higher limit reads it after all"
    assert "large.md" not in dict(cat.skipped(folder.catalog))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_skipped(folder: Folder) -> None:
    write_notes(folder.root, {"closed.md": "text"})
    (folder.root / "closed.md").chmod(0)
    folder.reconcile()
    assert "cannot be read" in dict(cat.skipped(folder.catalog))["closed.md"]


def test_a_read_error_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notes(folder.root, {"bad.md": "text"})

    def broken(path: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", broken)
    folder.reconcile()
    assert dict(cat.skipped(folder.catalog, failed=True)) == {"bad.md": "cannot be read: Input/output error"}


def test_what_is_wrong_in_a_note_that_is_read_is_told(folder: Folder) -> None:
    write_notes(folder.root, {"broken.md": "---\ntitle: [unclosed\ndate: : :\n---\nProse all the same.\n"})
    folder.reconcile()
    [row] = [row for _, row in cat.notes_since(folder.catalog, (0, cat.LAST_ID), 2000) if row.path == "broken.md"]
    assert len(row.problems) == 1
    [part] = cat.passages_of(folder.catalog, [row.id])
    assert "Prose all the same." in part.passage.text


def test_newest_first_in_batches_that_can_be_followed(root: Path, tmp_path: Path) -> None:
    for number in range(600):
        write_notes(root, {f"{number}.md": f"Prose {number}."})
        os.utime(root / f"{number}.md", ns=(1, 10**18 + number))
    folder = Folder(root, cat.open_catalog(tmp_path / "c.db", write=True), Options())
    commits = apply_changes(root, folder.catalog, folder.options, folder.changes(), lambda done, total: None)
    next(commits)
    assert set(folder.notes()) == {f"{number}.md" for number in range(500, 600)}
    assert len(list(commits)) == 2
    assert len(folder.notes()) == 600


def test_stopped_half_way_it_goes_on(root: Path, tmp_path: Path) -> None:
    write_notes(root, {f"{number}.md": f"Prose {number}." for number in range(250)})
    folder = Folder(root, cat.open_catalog(tmp_path / "c.db", write=True), Options())
    next(iter(apply_changes(root, folder.catalog, folder.options, folder.changes(), lambda done, total: None)))
    folder.reconcile()
    assert len(folder.notes()) == 250
    assert folder.changes() == {}


def test_a_new_reader_reads_everything_again(folder: Folder, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "READER_VERSION", reconcile.READER_VERSION + 1)
    assert folder.changes().keys() == NOTES.keys()
    folder.reconcile()
    assert sorted(read) == sorted(NOTES)
    assert folder.changes() == {}


def test_a_file_that_leaves_meanwhile_is_no_trouble(folder: Folder) -> None:
    write_notes(folder.root, {"new.md": "New."})
    changes = folder.changes()
    (folder.root / "new.md").unlink()
    folder.reconcile(changes)
    assert "new.md" not in folder.notes()
    assert folder.changes() == {}


def test_progress(folder: Folder) -> None:
    assert folder.progress == [(3, 3)]


def test_the_language_of_a_note(folder: Folder) -> None:
    write_notes(folder.root, {"de.md": "Vielleicht behält man nicht, was man festhält, sondern was man verlor."})
    folder.reconcile()
    languages = {row.path: row.language for _, row in cat.notes_since(folder.catalog, (0, cat.LAST_ID), 2000)}
    assert (languages["de.md"], languages["a.md"]) == ("de", "")


def test_how_far_it_is_is_told(folder: Folder, tmp_path: Path) -> None:
    write_notes(folder.root, {f"{number}.md": "Prose." for number in range(150)})
    (folder.root / ".recallignore").write_text("a.md")
    steps = apply_changes(folder.root, folder.catalog, folder.options, folder.changes(), lambda *_: None)
    next(steps)
    told = read_status(folder.catalog, tmp_path, "none", None, None)
    assert (told.state, told.message) == ("reading", "102 notes; 100 of 150 changed files read")
    assert "a.md" not in folder.notes(), "what a rule excludes leaves first"
    assert list(steps) == [None]
    assert read_status(folder.catalog, tmp_path, "none", None, None).state == "ready"
