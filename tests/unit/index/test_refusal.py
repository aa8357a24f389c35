import sys
from pathlib import Path

import pytest

from recall_lsp.index import refusal as module
from recall_lsp.index.places import cache_dir, data_dir
from recall_lsp.index.refusal import refusal, too_wide


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "a" / "home"
    made.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(made))
    return made


def test_what_is_too_wide(root: Path, home: Path) -> None:
    (home / "by-link").symlink_to(home)
    for folder in (Path("/"), home, Path("~"), home / "by-link", home.parent, root / "..", Path("/mnt")):
        assert "too wide" in (refusal(folder) or ""), folder
    assert refusal(root) is None and too_wide(root) is None


def test_what_is_no_folder(root: Path, home: Path) -> None:
    (root / "file.md").write_text("")
    for folder in (root / "nothing", root / "file.md"):
        assert "is not a folder" in (refusal(folder) or "")
    assert too_wide(root / "nothing") is None, "it may be mounted later"


def test_our_own_folders(root: Path, home: Path) -> None:
    for folder in (cache_dir(), cache_dir() / "indexes" / "notes-1", data_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        assert "belongs to recall-lsp itself" in (refusal(folder) or "")


def test_the_root_of_a_network_share(root: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "my share"
    (share / "notes").mkdir(parents=True)
    mounts = f"nas:/x {str(share).replace(' ', chr(92) + '040')} nfs4 rw 0 0\n/dev/sda {root} ext4 rw 0 0\n"
    (tmp_path / "mounts").write_text(mounts)
    monkeypatch.setattr(module, "_MOUNTS", tmp_path / "mounts")
    monkeypatch.setattr(sys, "platform", "linux")
    assert "network share" in (refusal(share) or "")
    assert refusal(share / "notes") is None and refusal(root) is None
