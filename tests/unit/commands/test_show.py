"""What a person sees: of names that strangers chose, of work that goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from recall_lsp.commands.show import counting, on_one_line


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a/ノート é.md", "a/ノート é.md"), ("a\nb.md", "a\\nb.md"), ("a\x1b[31m\r.md", "a\\x1b[31m\\r.md")],
)
def test_a_path_stays_on_its_line(path: str, shown: str) -> None:
    assert on_one_line(path) == shown


def test_a_bar_comes_to_its_end_though_less_was_to_do() -> None:
    out = io.StringIO()
    with counting(Console(file=out, force_terminal=True, width=100), "Learning", 4) as step:
        step()
    assert "4/4" in out.getvalue()
