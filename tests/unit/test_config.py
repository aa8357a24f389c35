from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recall_lsp.config import Options, Scope, load_options, overlay, read_settings_file


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("limit", 9, 9),
        ("quiet", 1, 1.0),
        ("quiet", 0.35, 0.35),
        ("exclude", ["a/", "b"], ("a/", "b")),
        ("model", "none", "none"),
        ("trigger", "", ""),
        ("link_style", "org", "org"),
        ("hover", "links", "links"),
        ("max_bytes", 1000, 1000),
    ],
)
def test_right_settings_are_taken(name: str, value: Any, taken: Any) -> None:
    options, warnings = overlay(Options(), {name: value})
    assert warnings == []
    assert getattr(options, name) == taken
    assert type(getattr(options, name)) is type(getattr(Options(), name))


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("limit", 0, "between 1 and 50"),
        ("limit", 51, "between"),
        ("limit", "five", "must be a number"),
        ("limit", True, "must be a number"),
        ("limit", None, "must be a number"),
        ("quiet", -0.1, "between"),
        ("quiet", float("nan"), "between"),
        ("exclude", "a/", "list of strings"),
        ("exclude", ["a", 3], "list of strings"),
        ("model", 3, "must be a string"),
        ("link_style", "html", "must be one of auto, wiki, markdown, org"),
        ("hover", False, "must be one of all, links, off"),
        ("log_level", "loud", "must be one of"),
        ("max_bytes", 10, "between"),
    ],
)
def test_a_wrong_setting_keeps_what_was_there_and_says_so(name: str, value: Any, why: str) -> None:
    before, _ = overlay(Options(), {"limit": 7})
    options, [warning] = overlay(before, {name: value})
    assert options == before
    assert f"'{name}'" in warning and why in warning and "keeping" in warning


def test_an_unknown_setting_is_told() -> None:
    options, [warning] = overlay(Options(), {"limmit": 3})
    assert options == Options()
    assert warning == "setting 'limmit' is not known and is ignored; did you mean 'limit'?"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("linkStyle", "'link_style'"), ("broken_link", "'broken_links'"), ("excludes", "'exclude'"), ("surprise", None)],
)
def test_the_nearest_name_is_told(name: str, meant: str | None) -> None:
    _, [warning] = overlay(Options(), {name: True})
    assert ("did you mean" in warning) == (meant is not None) and (meant or "") in warning


def test_layers(root: Path) -> None:
    (root / "recall.toml").write_text("limit = 3\nquiet = 0.5\nsurprise = 1\n")
    options, warnings = load_options(root, {"quiet": 0.1}, {"model": "none"})
    assert (options.limit, options.quiet, options.model, options.trigger) == (3, 0.1, "none", ";;")
    assert len(warnings) == 1


@pytest.mark.parametrize("content", [b"limit = ", b"\xff\xfe\x00", b"[[[", b"limit = 3\nlimit = 4\n"])
def test_a_broken_file_is_ignored_and_told(root: Path, content: bytes) -> None:
    (root / "recall.toml").write_bytes(content)
    options, [warning] = load_options(root)
    assert options == Options()
    assert "recall.toml cannot be used" in warning


def test_no_file_is_no_trouble(root: Path) -> None:
    assert read_settings_file(root) == ({}, [])
    (root / "recall.toml").mkdir()
    assert len(read_settings_file(root)[1]) == 1


def test_scope_rules(root: Path) -> None:
    rules = '[[scope]]\nwriting = "blog/**"\nhide = ["journal/**", "x.md"]\n[[scope]]\nwriting = ["a/"]\nhide = "b/"\n'
    (root / "recall.toml").write_text(rules)
    options, warnings = load_options(root)
    assert options.scope == (Scope(("blog/**",), ("journal/**", "x.md")), Scope(("a/",), ("b/",))) and not warnings
    for wrong in ('scope = "x"', 'scope = [{writing = "a"}]', 'scope = [{writing = "a", hide = 3}]'):
        (root / "recall.toml").write_text(wrong)
        options, [warning] = load_options(root)
        assert options.scope == () and "scope" in warning


def test_a_file_broken_while_it_is_typed_keeps_what_it_said(root: Path) -> None:
    (root / "recall.toml").write_text('exclude = ["secret/"]')
    assert load_options(root)[0].exclude == ("secret/",)
    (root / "recall.toml").write_text('exclude = ["secret/"')
    options, [warning] = load_options(root)
    assert options.exclude == ("secret/",) and "cannot be used" in warning
    (root / "recall.toml").unlink()
    assert load_options(root) == (Options(), [])
