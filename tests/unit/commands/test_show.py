"""What a person sees of names that strangers chose."""

from __future__ import annotations

import pytest

from recall_lsp.commands.show import on_one_line


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a/ノート é.md", "a/ノート é.md"), ("a\nb.md", "a\\nb.md"), ("a\x1b[31m\r.md", "a\\x1b[31m\\r.md")],
)
def test_a_path_stays_on_its_line(path: str, shown: str) -> None:
    assert on_one_line(path) == shown
