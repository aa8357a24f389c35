"""A full disk, a cache that cannot be written, an index of another version, a clock that goes backwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from vaults import Keeper, eventually, follow, found, index, indexed, paths, problems, read_vault, write_notes

from recall_lsp.config import load_options
from recall_lsp.index.catalog import SCHEMA_VERSION, open_catalog
from recall_lsp.index.check import check
from recall_lsp.index.places import cache_dir, index_dir

NOTES = {"bread.md": "Bread and soup at night.", "river.md": "The river road to the island."}
MANY = {f"{number}.md": f"# Number {number}\n\n{'The river road, number. ' * 12}{number}\n" for number in range(900)}

needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="a small disk is mounted, which takes root on Linux"
)


def remount(cache: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(cache)], check=True)


@pytest.fixture
def disk(tmp_path: Path, tiny: str) -> Iterator[Callable[[int], None]]:
    """The cache on a disk of its own; the call sets its size in KB."""
    (tmp_path / "cache").rename(tmp_path / "before")
    (tmp_path / "cache").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "recall-test", str(tmp_path / "cache")]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    shutil.copytree(tmp_path / "before", tmp_path / "cache", dirs_exist_ok=True)
    used = sum(file.stat().st_size for file in (tmp_path / "cache").rglob("*") if file.is_file()) // 1024 + 40

    def resize(kilobytes: int) -> None:
        remount(tmp_path / "cache", f"size={used + kilobytes}k")

    yield resize
    subprocess.run(["umount", "-l", str(tmp_path / "cache")], check=True)


@needs_root
@pytest.mark.parametrize("kilobytes", [0, 200, 450, 900, 1200])
def test_a_full_disk_is_told_and_nothing_is_lost(
    root: Path, tiny: str, disk: Callable[[int], None], kilobytes: int
) -> None:
    disk(kilobytes)
    with Keeper(write_notes(root, MANY), model=tiny) as keeper:
        assert keeper.process.wait(60) == 1
        keeper._reader.join()
        told = problems(keeper.events).casefold()
        assert "cannot be written" in told and any(why in told for why in ("full", "no space", "i/o error"))
        assert keeper.errors() == ""
    options, _ = load_options(root, {"model": tiny})
    assert [finding for finding in check(root, options) if finding.broken] == []
    disk(40_000)
    index(root, model=tiny)
    assert check(root, options) == []
    assert len(read_vault(root, model=tiny).entries) == len(MANY)


@needs_root
def test_a_cache_that_can_only_be_read_answers_and_is_told(root: Path, tiny: str, disk: Callable[[int], None]) -> None:
    disk(4_000)
    indexed(root, NOTES, model=tiny).close()
    remount(cache_dir(), "ro")
    write_notes(root, {"new.md": "Another."})
    try:
        vault = read_vault(root, model=tiny)
        assert found(vault, "the river road")[0] == "river.md" and len(vault.matrix or ()) == 2
        vault.close()
        with Keeper(root, model=tiny) as keeper:
            assert keeper.process.wait(60) == 1
            keeper._reader.join()
            assert "cannot be written" in problems(keeper.events) and keeper.errors() == ""
    finally:
        remount(cache_dir(), "rw")
    index(root, model=tiny)
    assert paths(read_vault(root)) == sorted([*NOTES, "new.md"])


@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_an_index_of_another_version_is_made_anew_without_embedding(root: Path, tiny: str, version: int) -> None:
    indexed(root, NOTES, model=tiny).close()
    catalog = open_catalog(index_dir(root) / "catalog.db", write=True)
    catalog.execute(f"PRAGMA user_version = {version}")
    catalog.close()
    assert read_vault(root, model=tiny).entries == {}
    events = index(root, model=tiny)
    assert f"the index is of version {version}" in problems(events) and "made anew" in problems(events)
    assert not [event for event in events if event.get("stage") == "embedding"]
    assert paths(read_vault(root, model=tiny)) == sorted(NOTES)


def cut_model(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def spoil_model(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


@pytest.mark.parametrize("damage", [cut_model, spoil_model])
def test_beside_a_damaged_model_words_answer(root: Path, tiny: str, damage: Callable[[Path], None]) -> None:
    indexed(root, NOTES, model=tiny).close()
    (model,) = cache_dir().glob("models/*/model.onnx")
    damage(model)
    vault = read_vault(root, model=tiny)
    assert vault.matrix is None and found(vault, "the river road")[0] == "river.md"
    options, _ = load_options(root, {"model": tiny})
    assert [finding.part for finding in check(root, options)] == ["model"]


def test_a_clock_that_goes_backwards(root: Path) -> None:
    vault = indexed(root, NOTES)
    write_notes(root, {"bread.md": "Volcanoes instead of ......."})
    os.utime(root / "bread.md", (1, 1))
    write_notes(root, {"new.md": "Glaciers of the future."})
    os.utime(root / "new.md", (4e9, 4e9))
    index(root)
    assert found(follow(vault), "volcanoes") == ["bread.md"] and found(vault, "glaciers") == ["new.md"]
    write_notes(root, {"new.md": "Deserts, saved after the clock was set right."})
    index(root)
    assert found(follow(vault), "deserts") == ["new.md"]


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody cut short a file that is mapped")
def test_a_view_damaged_under_a_running_keeper_is_made_anew(root: Path) -> None:
    with Keeper(write_notes(root, NOTES)) as keeper:
        keeper.ready()
        vault = read_vault(root)
        for path in (index_dir(root) / "lexical").glob("*/*.term"):
            assert path.stat().st_mode & 0o222 == 0, "no ordinary program can cut it short"
            content = path.read_bytes()
            path.unlink()  # another file in its place: what is mapped stays whole
            path.write_bytes(content[:-9])
        eventually(lambda: "was damaged" in problems(keeper.events), "seen at the next idle look")
        eventually(lambda: found(follow(vault), "the river road") == ["river.md"])


def ask(reader: subprocess.Popen[str], text: str) -> list[str] | None:
    """The paths that `recall-lsp related --json` answers with; None when it has ended."""
    assert reader.stdin is not None and reader.stdout is not None
    reader.stdin.write(json.dumps({"text": text, "quiet": 0}) + "\n")
    reader.stdin.flush()
    line = reader.stdout.readline()
    return [hit["path"] for hit in json.loads(line)["hits"]] if line else None


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody cut short a file that is mapped")
def test_a_view_cut_short_in_use_costs_one_process_and_no_note(root: Path) -> None:
    """All of it in other processes: what is mapped here would end pytest."""
    write_notes(root, {**NOTES, "recall.toml": 'model = "none"\nquiet = 0\n'})
    command = [sys.executable, "-P", "-m", "recall_lsp", "related", str(root), "--json"]
    start = partial(subprocess.Popen[str], command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with start(stderr=subprocess.DEVNULL) as reader:
        assert ask(reader, "the river road") == ["river.md"]
        for path in (index_dir(root) / "lexical").glob("*/*"):
            if path.suffix in (".idx", ".term", ".fast"):
                os.truncate(path, 0)
        if ask(reader, "soup at night") is None:
            assert reader.wait(30) == -signal.SIGBUS
    with start(stderr=subprocess.DEVNULL) as reader:
        assert ask(reader, "the river road") == ["river.md"]
        assert ask(reader, "soup at night") == ["bread.md"]
    assert check(root, load_options(root, {})[0]) == []
