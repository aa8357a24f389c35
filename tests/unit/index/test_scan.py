from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from vaults import write_notes

from recall_lsp.config import Options
from recall_lsp.index.scan import Rules, file_state, read_rules, refusal, scan


def rules_of(root: Path, exclude: tuple[str, ...] = (), ignored: str = "", **options: Any) -> Rules:
    if ignored:
        (root / ".recallignore").write_text(ignored)
    return read_rules(root, Options(exclude=exclude, **options))


def scanned(root: Path, rules: Rules) -> list[str]:
    return sorted(path for path, _ in scan(root, rules))


def test_what_is_a_note(root: Path) -> None:
    files = ["a.md", "b.markdown", "c.mdx", "d.org", "e.txt", "deep/er/f.md", "日本/ぬか床.md", "with space.md"]
    others = ["g.png", "h.md.bak", "i.py", "j", ".hidden.md", ".obsidian/k.md", "deep/.git/l.md"]
    tools = ["node_modules/m/README.md", "deep/node_modules/x.md", "logseq/bak/n.md", "logseq/.recycle/o.md"]
    write_notes(root, dict.fromkeys([*files, *others, *tools], "text"))
    assert scanned(root, rules_of(root)) == sorted(files)


@pytest.mark.parametrize(
    ("exclude", "ignored", "left"),
    [
        (("private/",), "", ["a.md", "b.txt", "deep/private.md"]),
        (("*.txt",), "", ["a.md", "deep/private.md", "private/c.md", "private/deep/d.md"]),
        ((), "private\n# a comment\n\n", ["a.md", "b.txt", "deep/private.md"]),
        ((), "/a.md\nprivate/**\n!private/c.md\n", ["b.txt", "deep/private.md", "private/c.md"]),
        (("b.txt",), "a.md", ["deep/private.md", "private/c.md", "private/deep/d.md"]),
    ],
)
def test_excluded(root: Path, exclude: tuple[str, ...], ignored: str, left: list[str]) -> None:
    files = ["a.md", "b.txt", "private/c.md", "private/deep/d.md", "deep/private.md"]
    write_notes(root, dict.fromkeys(files, "text"))
    rules = rules_of(root, exclude, ignored)
    assert scanned(root, rules) == left
    assert [path for path in sorted(files) if rules.is_note(path)] == left, "events and scans are of one mind"


def test_excluded_folders_are_not_entered(root: Path) -> None:
    write_notes(root, {"keep/a.md": "", "huge/b.md": ""})
    (root / "huge").chmod(0)
    try:
        rules = rules_of(root, ("huge/",))
        assert not rules.may_hold_notes("huge")
        assert scanned(root, rules) == ["keep/a.md"]
    finally:
        (root / "huge").chmod(0o700)


def test_include_replaces_the_default(root: Path) -> None:
    write_notes(root, {"a.md": "", "b.rst": "", "sub/c.rst": ""})
    assert scanned(root, rules_of(root, include=("*.rst",))) == ["b.rst", "sub/c.rst"]


def test_states_tell_size_and_time(root: Path) -> None:
    write_notes(root, {"a.md": "four"})
    os.utime(root / "a.md", ns=(5, 1_600_000_000_123_456_789))
    [(_, state)] = scan(root, rules_of(root))
    assert (state.size, state.mtime_ns) == (4, 1_600_000_000_123_456_789)
    assert file_state(root / "a.md") == state
    assert file_state(root) is file_state(root / "nothing.md") is None


def test_links_make_no_loops_and_lead_nowhere_outside(root: Path, tmp_path: Path) -> None:
    write_notes(root, {"a.md": "", "sub/b.md": ""})
    write_notes(tmp_path / "outside", {"secret.md": "secret"})
    (root / "sub" / "loop").symlink_to(root)
    (root / "elsewhere").symlink_to(tmp_path / "outside")
    (root / "stolen.md").symlink_to(tmp_path / "outside" / "secret.md")
    (root / "inside.md").symlink_to(root / "a.md")
    (root / "dangling.md").symlink_to(root / "nothing.md")
    assert scanned(root, rules_of(root)) == ["a.md", "inside.md", "sub/b.md"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes only there")
def test_names_that_are_no_text_are_passed_over(root: Path) -> None:
    write_notes(root, {"a.md": ""})
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe.md")).write_text("text")
    os.mkfifo(root / "pipe.md")
    assert scanned(root, rules_of(root)) == ["a.md"]


def test_a_missing_folder_is_told(root: Path) -> None:
    with pytest.raises(OSError):
        list(scan(root / "nothing", rules_of(root)))


def test_refused_folders(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (root / "file.md").write_text("")
    (tmp_path / "home-by-link").symlink_to(tmp_path)
    assert refusal(root) is None
    for folder in (Path("/"), tmp_path, Path("~"), tmp_path / "home-by-link", root / ".."):
        assert "too wide" in (refusal(folder) or ""), folder
    for folder in (root / "nothing", root / "file.md"):
        assert "is not a folder" in (refusal(folder) or ""), folder
