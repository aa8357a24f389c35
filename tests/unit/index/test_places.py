from __future__ import annotations

import os
from pathlib import Path

import pytest

from recall_lsp.index import places


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("RECALL_DATA_DIR", str(tmp_path / "data"))


def test_environment_moves_every_folder(tmp_path: Path) -> None:
    cached = (places.models_dir(), places.log_dir(), places.index_dir(tmp_path / "vault"))
    assert all(path.is_relative_to(tmp_path / "cache") for path in cached)
    assert places.data_dir() == tmp_path / "data"
    assert not (tmp_path / "cache").exists()


def test_without_environment_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECALL_CACHE_DIR")
    monkeypatch.delenv("RECALL_DATA_DIR")
    assert all("recall-lsp" in str(path) for path in (places.models_dir(), places.data_dir(), places.log_dir()))


def test_one_index_for_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = tmp_path / "my notes"
    vault.mkdir()
    (tmp_path / "link").symlink_to(vault)
    monkeypatch.chdir(tmp_path)
    found = places.index_dir(vault)
    assert found.name.startswith("my-notes-")
    assert {places.index_dir(tmp_path / "link"), places.index_dir(Path("my notes"))} == {found}
    other = tmp_path / "other" / "my notes"
    assert places.index_dir(other) != found


@pytest.mark.parametrize(
    ("name", "expected"), [("Zettel: Über/uns", "Zettel-Über-uns"), ("..", "root"), ("", "root"), ("a" * 99, "a" * 40)]
)
def test_readable(name: str, expected: str) -> None:
    assert places.readable(name) == expected


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = places.private_dir(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (made, made.parent)] == [0o700, 0o700]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_folder_that_is_there_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert places.private_dir(tmp_path / "open").stat().st_mode & 0o777 == 0o700
