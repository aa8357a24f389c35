"""Real Neovim and its own keys: links followed and found, names changed, headings listed, faults mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import HERE, Desk
from terminal import Terminal
from test_nvim import write

pytestmark = pytest.mark.slow

LINKED = "See [[The asparagus bed]] there."


def test_a_link_is_followed_and_its_backlinks_are_listed(terminal: Terminal) -> None:
    write(terminal, LINKED)
    terminal.press("\x1b0f[ll")
    # Neovim waits a second for the answer, and then says that there is none.
    terminal.press_until("\x1d", "\r", lambda screen: "We dug the trench in 2022" in screen, "the linked note")
    terminal.press("gggrr")
    terminal.wait_for(lambda screen: "two-day loaf.md|" in screen and LINKED[:20] in screen, "the unsaved link")
    terminal.press(":cclose\r:lua vim.lsp.buf.workspace_symbol('draft unt')\r")
    terminal.wait_for(lambda screen: "Draft until morning.md|" in screen, "the note found by its name")


def test_a_heading_is_renamed_with_its_links_and_listed(terminal: Terminal) -> None:
    write(terminal, "## Second rise\r\rAs in [[#Second rise]].")
    terminal.press("\x1bkkgrn")
    terminal.wait_for(lambda screen: "New Name: Second rise" in screen, "the question for the new name")
    terminal.press("\x15Last rise\r")
    terminal.wait_for(lambda screen: "## Last rise" in screen and "[[#Last rise]]" in screen, "the new name twice")
    terminal.press("gO")
    terminal.wait_for(lambda screen: "Table of contents" in screen, "the list of headings")


def test_a_note_is_renamed_with_its_file_and_its_links(nvim: str, desk: Desk, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "recall.toml").write_text('model = "none"\n', encoding="utf-8")
    (vault / "Rye.md").write_text("# Rye\n\nDark and slow.\n", encoding="utf-8")
    (vault / "Bread.md").write_text("Mostly [[Rye]], rarely [white](White.md).\n", encoding="utf-8")
    (vault / "Flour.md").write_text("As [[Rye|dark]] as it gets, and ![[Rye#Rye]].\n", encoding="utf-8")
    command = [nvim, "--clean", "-u", str(HERE / "nvim_init.lua"), str(vault / "Bread.md")]
    terminal = Terminal(command, desk.env, 100, 34, tmp_path / "screen.txt")
    try:
        terminal.wait_for(lambda screen: "W Mostly" in screen, "the sign of the broken link")
        terminal.press("0f[llgrn")
        terminal.wait_for(lambda screen: "New Name: Rye" in screen, "the question for the new name")
        terminal.press("\x15Rye and barley\r")
        terminal.wait_for(lambda screen: "Mostly [[Rye and barley]], rarely" in screen, "the new name")
        terminal.press(":wall\r")
        terminal.wait_for(lambda _: not (vault / "Rye.md").exists(), "the renamed file")
        terminal.press("0f[ll")
        terminal.press_until("\x1d", "\r", lambda screen: "Dark and slow" in screen, "the note under its new name")
    finally:
        terminal.close()
    expected = {
        "Rye and barley.md": "# Rye and barley\n\nDark and slow.\n",
        "Bread.md": "Mostly [[Rye and barley]], rarely [white](White.md).\n",
        "Flour.md": "As [[Rye and barley|dark]] as it gets, and ![[Rye and barley#Rye and barley]].\n",
    }
    assert {path.name: path.read_text("utf-8") for path in vault.glob("*.md")} == expected


def test_a_broken_link_is_mended(terminal: Terminal) -> None:
    write(terminal, "Mixed with [it](Lme.md) today.")
    terminal.press("\x1b0fL")
    terminal.wait_for(lambda screen: "W Mixed" in screen, "the sign of a warning")
    terminal.press("gra")
    terminal.wait_for(lambda screen: "Change to Lime" in screen, "the quick fix")
    terminal.press("1\r")
    terminal.wait_for(lambda screen: "[it](Lime.md)" in screen, "the mended link")
