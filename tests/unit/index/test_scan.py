from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from vaults import write_notes

from recall_lsp.config import Options
from recall_lsp.index.scan import Rules, file_state, read_rules, scan, state_in


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
def test_names_that_are_no_text_are_told(root: Path) -> None:
    write_notes(root, {"a.md": ""})
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe.md")).write_text("text")
    os.mkfifo(root / "pipe.md")
    found = dict(scan(root, rules_of(root)))
    assert sorted(found) == ["\\xff\\xfe.md", "a.md"]
    assert "not valid Unicode" in found["\\xff\\xfe.md"].problem and not found["a.md"].problem


def test_a_missing_folder_is_told(root: Path) -> None:
    with pytest.raises(OSError):
        list(scan(root / "nothing", rules_of(root)))


def test_a_folder_that_cannot_be_listed_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notes(root, {"a.md": "", "closed/b.md": ""})
    scandir = os.scandir

    def refuse(folder: Path) -> Any:  # who is root may list all
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = dict(scan(root, rules_of(root)))
    assert found["closed/"].problem == "cannot be listed: Permission denied"
    assert sorted(found) == ["a.md", "closed/"]


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ({"": "b.md"}, ["a.md", "x/a.md", "x/y/a.md"]),
        ({"x": "b.md"}, ["a.md", "b.md", "x/a.md", "x/y/a.md"]),
        ({"x": "/b.md"}, ["a.md", "b.md", "x/a.md", "x/y/a.md", "x/y/b.md"]),
        ({"": "a.md", "x": "!a.md", "x/y": "a.md"}, ["b.md", "x/a.md", "x/b.md", "x/y/b.md"]),
        ({"": "x/", "x": "!a.md"}, ["a.md", "b.md"]),  # as in git: an excluded folder is not looked into
        ({"x/y": "*"}, ["a.md", "b.md", "x/a.md", "x/b.md"]),
        ({"": "y/", "x": "!y/"}, ["a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", "x/y/b.md"]),
        ({"x": "!\n[z-a]\n\\\nb.md"}, ["a.md", "b.md", "x/a.md", "x/y/a.md"]),  # patterns that are none
    ],
)
def test_ignore_files_in_folders(root: Path, ignored: dict[str, str], left: list[str]) -> None:
    files = [f"{folder}{name}" for folder in ("", "x/", "x/y/") for name in ("a.md", "b.md")]
    write_notes(root, dict.fromkeys(files, "text"))
    write_notes(root, {f"{folder}/.recallignore".lstrip("/"): lines for folder, lines in ignored.items()})
    rules = rules_of(root)
    assert scanned(root, rules) == left
    assert [path for path in files if rules.is_note(path)] == left, "events and scans are of one mind"


def test_an_ignore_file_that_cannot_be_read_keeps_its_folder_out(root: Path) -> None:
    write_notes(root, {"a.md": "", "x/b.md": ""})
    (root / "x" / ".recallignore").mkdir()
    assert scanned(root, rules_of(root)) == ["a.md"]


def test_patterns_that_are_none_are_told(root: Path) -> None:
    rules = rules_of(root, ("!", "*.txt"), include=("*.md", "[z-a]"))
    assert rules.wrong == ("[z-a]", "!")


def test_links_within_the_vault(root: Path) -> None:
    write_notes(root, {".store/sub/a.md": "", "secret/b.md": "", "open/c.md": "", ".recallignore": "secret/\n"})
    (root / "by-link").symlink_to(root / ".store")
    (root / "another").symlink_to(root / ".store" / "sub")
    (root / "b-by-link.md").symlink_to(root / "secret" / "b.md")
    (root / "secret-by-link").symlink_to(root / "secret")
    (root / "open-by-link").symlink_to(root / "open")
    (root / ".store" / "sub" / "up").symlink_to(root / ".store")
    rules = rules_of(root)
    found = scanned(root, rules)
    assert found == ["another/a.md", "open/c.md"], "each folder once, and nothing that is excluded"
    for path in found:
        assert state_in(root, rules, path) is not None
    for path in ("b-by-link.md", "secret-by-link/b.md", ".store/sub/a.md"):
        assert state_in(root, rules, path) is None


def test_our_own_folder_in_the_vault_is_no_part_of_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_CACHE_DIR", str(root / "cache"))
    write_notes(root, {"a.md": "", "cache/models/README.md": ""})
    assert scanned(root, rules_of(root)) == ["a.md"]
