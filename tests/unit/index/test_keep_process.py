"""A real `recall-lsp keep` process beside a writer, and a reader that follows it."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from vaults import BREAD_AND_RIVER as NOTES
from vaults import Keeper, eventually, follow, found, paths, problems, read_vault, vectors_made, write_notes

from recall_lsp.index.catalog import open_catalog, skipped
from recall_lsp.index.places import index_dir
from recall_lsp.index.vault import Vault


def holds(vault: Vault, *wanted: str) -> Callable[[], bool]:
    return lambda: paths(follow(vault)) == sorted(wanted)


def test_files_written_outside_the_editor_are_followed(root: Path, vault: Vault) -> None:
    write_notes(root, {"new.md": "Glaciers keep the air."})
    eventually(lambda: found(follow(vault), "glaciers") == ["new.md"], "created")
    write_notes(root, {"new.md": "Volcanoes instead."})
    eventually(lambda: found(follow(vault), "volcanoes") == ["new.md"], "saved")
    assert found(vault, "glaciers") == []
    (root / "new.md").rename(root / "named.md")
    eventually(lambda: found(follow(vault), "volcanoes") == ["named.md"], "renamed")
    (root / "named.md").unlink()
    eventually(holds(vault, *NOTES), "deleted")
    assert found(vault, "volcanoes") == []


def test_three_hundred_at_once(root: Path, vault: Vault) -> None:
    many = {f"sub/{number}.md": f"Volcano number {number}." for number in range(300)}
    write_notes(root, many)
    eventually(holds(vault, *NOTES, *many), "written")
    shutil.rmtree(root / "sub")
    eventually(holds(vault, *NOTES), "deleted")


def test_a_folder_renamed_and_moved_away(root: Path, tmp_path: Path, tiny: str) -> None:
    write_notes(root, NOTES | {"old/a.md": "A book.", "old/deep/b.md": "A note."})
    with Keeper(root, model=tiny) as keeper:
        keeper.ready()
        vault = read_vault(root, model=tiny)
        made = vectors_made(root)
        (root / "old").rename(root / "new")
        eventually(holds(vault, *NOTES, "new/a.md", "new/deep/b.md"), "renamed")
        write_notes(root, {"new/deep/b.md": "A note. And a memory."})
        eventually(lambda: found(follow(vault), "memory")[:1] == ["new/deep/b.md"], "a folder's new place is watched")
        (root / "new").rename(tmp_path / "outside")
        eventually(holds(vault, *NOTES), "moved out")
        (tmp_path / "outside").rename(root / "back")
        eventually(holds(vault, *NOTES, "back/a.md", "back/deep/b.md"), "moved in")
        eventually(lambda: vectors_made(root) == made + 1, "one text is new")
        keeper.wait_for("ready", 2)
        assert vectors_made(root) == made + 1


def test_rules_are_taken_in_while_it_runs(root: Path, vault: Vault) -> None:
    write_notes(root, {"secret/a.md": "A secret.", "b.txt": "text"})
    eventually(holds(vault, *NOTES, "secret/a.md", "b.txt"))
    write_notes(root, {".recallignore": "secret/\n"})
    eventually(holds(vault, *NOTES, "b.txt"), ".recallignore")
    write_notes(root, {"recall.toml": 'exclude = ["*.txt"]\n'})
    eventually(holds(vault, *NOTES), "recall.toml")
    (root / ".recallignore").unlink()
    eventually(holds(vault, *NOTES, "secret/a.md"), "without .recallignore")
    write_notes(root, {"recall.toml": 'include = ["*.txt"]\n'})
    eventually(holds(vault, "b.txt"), "include")


def test_the_limit_of_size_is_taken_in_while_it_runs(root: Path, vault: Vault) -> None:
    write_notes(root, {"large.md": "large " * 300, "recall.toml": "max_bytes = 1000\n"})
    eventually(lambda: vault.refresh() or [path for path, _ in vault.status().skipped] == ["large.md"], "skipped")
    write_notes(root, {"recall.toml": ""})
    eventually(holds(vault, *NOTES, "large.md"), "read after all")


def test_a_model_named_while_it_runs(root: Path, keeper: Keeper, tiny: str) -> None:
    keeper.close_input()
    keeper.process.wait(40)
    with Keeper(root, model=tiny) as with_model:
        with_model.ready()
        assert vectors_made(root) == 2


def test_broken_files_stop_nothing(root: Path, keeper: Keeper, vault: Vault) -> None:
    write_notes(root, {"nul.md": b"a\0b", "yaml.md": "---\na: [\n---\nText.", "last.md": "Last."})
    eventually(holds(vault, *NOTES, "yaml.md", "last.md"))
    catalog = open_catalog(index_dir(root) / "catalog.db", write=False)
    assert skipped(catalog) == (("nul.md", "not a text file"),)
    catalog.close()
    assert keeper.process.poll() is None


def test_the_folder_taken_away_and_brought_back(root: Path, keeper: Keeper, vault: Vault, tmp_path: Path) -> None:
    root.rename(tmp_path / "away")
    (tmp_path / "away" / "bread.md").write_text("Changed while away.")
    keeper.send('{"saved": "bread.md"}')
    eventually(lambda: "its index is kept" in problems(keeper.events), "it says so")
    assert paths(follow(vault)) == sorted(NOTES)
    (tmp_path / "away").rename(root)
    write_notes(root, {"new.md": "New."})
    eventually(holds(vault, *NOTES, "new.md"), "it goes on")


def test_a_hint_hurries_and_nonsense_is_passed_over(root: Path, keeper: Keeper, vault: Vault) -> None:
    for line in ("", "nonsense", "[]", '{"saved": 3}', '{"other": 1}', '{"saved": "nothing.md"}', "\udcff" and "{"):
        keeper.send(line)
    write_notes(root, {"new.md": "New."})
    keeper.send(json.dumps({"saved": "new.md"}))
    eventually(holds(vault, *NOTES, "new.md"))


def test_it_ends_when_its_input_closes(root: Path, keeper: Keeper) -> None:
    keeper.close_input()
    assert keeper.process.wait(40) == 0
    assert keeper.errors() == ""


def test_the_second_waits_and_takes_over(root: Path, keeper: Keeper, vault: Vault) -> None:
    with Keeper(root) as second:
        second.wait_for("waiting")
        assert [event["event"] for event in second.events] == ["waiting"]
        keeper.process.send_signal(signal.SIGKILL)
        second.wait_for("ready")
        write_notes(root, {"new.md": "New."})
        eventually(holds(vault, *NOTES, "new.md"))


def test_one_that_waits_ends_too(root: Path, keeper: Keeper) -> None:
    with Keeper(root) as second:
        second.wait_for("waiting")
        second.close_input()
        assert second.process.wait(40) == 0


@pytest.mark.slow
def test_killed_at_any_moment_nothing_committed_is_lost(root: Path, tiny: str) -> None:
    write_notes(root, {f"{number}.md": f"Book number {number} and the river." for number in range(1500)})
    made = 0
    for stage in ("changed", "changed", "progress", "progress"):
        with Keeper(root, model=tiny) as keeper:
            keeper.wait_for(stage, 2)
            keeper.process.send_signal(signal.SIGKILL)
            keeper.process.wait()
        assert vectors_made(root) >= made
        made = vectors_made(root)
    with Keeper(root, model=tiny) as keeper:
        keeper.ready()
    vault = read_vault(root, model=tiny)
    assert vault.status().state == "ready"
    assert (len(vault.entries), len(vault.matrix or ()), vectors_made(root)) == (1500, 1500, 1500)
    assert vault.lexical is not None and vault.lexical.size == 1500


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with Keeper(tmp_path / "nothing") as keeper:
        assert keeper.process.wait(40) == 2
        keeper._reader.join()
        assert "is not a folder" in problems(keeper.events)
        assert keeper.errors() == ""


def test_a_cache_that_cannot_be_written_is_told(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path / "file"))
    with Keeper(root) as keeper:
        assert keeper.process.wait(40) == 1
        keeper._reader.join()
        assert "cannot be written" in problems(keeper.events)
        assert keeper.errors() == ""
