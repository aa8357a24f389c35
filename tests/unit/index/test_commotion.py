"""What editors, sync tools and storms do to a folder, before a real keeper."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from vaults import BREAD_AND_RIVER as NOTES
from vaults import Keeper, eventually, follow, found, index, paths, read_vault, write_notes

from recall_lsp.index.vault import Vault


def save_as_vim(root: Path, text: str) -> None:
    (root / "4913").write_text("")
    (root / "4913").unlink()
    (root / ".river.md.swp").write_bytes(b"b0VIM 9.0" + b"\0" * 4096)
    (root / "river.md").rename(root / "river.md~")
    (root / "river.md").write_text(text)
    (root / "river.md~").unlink()


def save_as_emacs(root: Path, text: str) -> None:
    (root / ".#river.md").symlink_to("somebody@somewhere.1234:5678")
    (root / "#river.md#").write_text(text)
    (root / "river.md").rename(root / "river.md~")
    (root / "river.md").write_text(text)
    (root / "#river.md#").unlink()
    (root / ".#river.md").unlink()


def save_atomically(root: Path, text: str) -> None:
    (root / ".river.md.tmp1234").write_text(text)
    (root / ".river.md.tmp1234").replace(root / "river.md")


def save_in_pieces(root: Path, text: str) -> None:
    with (root / "river.md").open("w") as file:
        for letter in text:
            file.write(letter)
            file.flush()


@pytest.mark.parametrize("save", [save_as_vim, save_as_emacs, save_atomically, save_in_pieces])
def test_saves_leave_one_note_and_nothing_else(root: Path, vault: Vault, save: object) -> None:
    for word in ("glaciers", "volcanoes", "deserts"):
        save(root, f"The river, and {word}.")  # type: ignore[operator]
        eventually(lambda word=word: found(follow(vault), word) == ["river.md"], word)  # type: ignore[misc]
    assert paths(vault) == sorted(NOTES)
    assert found(vault, "glaciers") == []
    assert vault.status().skipped == ()


def test_conflict_copies_are_skipped_and_told(root: Path) -> None:
    copies = (
        "river (conflicted copy 2026-01-02 101112).md",
        "river (Ann's conflicted copy 2026-01-02).md",
        "sub/river.sync-conflict-20260102-101112-ABCDEF7.md",
        "river (Conflicted copy laptop 202601021011).md",
    )
    kept = {"on conflicted copies.md": "About them.", "river (old).md": "The old river."}
    index(write_notes(root, NOTES | kept | dict.fromkeys(copies, NOTES["river.md"])))
    vault = read_vault(root)
    assert paths(vault) == sorted([*NOTES, *kept])
    assert [path for path, _ in vault.status().skipped] == sorted(copies)
    assert all("conflict copy" in reason for _, reason in vault.status().skipped)


def test_a_rename_of_case_alone(root: Path, vault: Vault) -> None:
    (root / "river.md").rename(root / "River.md")
    eventually(lambda: paths(follow(vault)) == ["River.md", "bread.md"])
    eventually(lambda: found(follow(vault), "The river road")[:1] == ["River.md"])


def test_a_storm_of_twenty_thousand_events(root: Path, keeper: Keeper, vault: Vault) -> None:
    files = [root / f"{number}.md" for number in range(200)]
    for turn in range(100):
        for file in files:
            file.write_text(f"Turn {turn} of {file.stem}.")
    eventually(lambda: len(follow(vault).entries) == len(NOTES) + 200)
    eventually(
        lambda: found(follow(vault), "turn 99", limit=50) and len(found(vault, "99", limit=50)) >= 50, "the last"
    )
    changes = sum(event["event"] == "changed" for event in keeper.events)
    assert changes < 300, "events are gathered, not followed one by one"
    assert keeper.process.poll() is None


def test_a_vault_inside_another_has_an_index_of_its_own(root: Path, vault: Vault) -> None:
    write_notes(root, {"inner/deep.md": "Glaciers inside."})
    with Keeper(root / "inner") as inner:
        inner.ready()
        assert paths(read_vault(root / "inner")) == ["deep.md"]
        eventually(lambda: paths(follow(vault)) == sorted([*NOTES, "inner/deep.md"]))


@pytest.mark.skipif(os.name != "posix", reason="mapped files of half a gigabyte")
@pytest.mark.slow
def test_huge_notes_cost_bounded_memory(root: Path) -> None:
    import psutil

    line = "the river road to the island and the night train with bread and soup "
    write_notes(
        root,
        {
            "log.md": ("2026-01-02 10:11:12 " + line + "\n") * 2_250_000,  # 200 MB
            "line.md": line * 28_000,  # 2 MB in one line
            "headings.md": "".join(f"# Heading {number}\n" for number in range(100_000)),
            "recall.toml": "max_bytes = 3000000\n",
        },
    )
    with Keeper(root) as keeper:
        most = 0
        process = psutil.Process(keeper.process.pid)
        while not any(event["event"] == "ready" for event in keeper.events):
            assert keeper.process.poll() is None
            most = max(most, process.memory_info().rss)
        assert most < 700e6, f"{most / 1e6:.0f} MB"
    vault = read_vault(root)
    assert paths(vault) == ["headings.md", "line.md"]
    assert [path for path, _ in vault.status().skipped] == ["log.md"]
