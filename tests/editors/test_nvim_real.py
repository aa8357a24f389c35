"""Neovim on a vault that somebody has written for years: its notes stand in the panel and in the hover card."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import HERE, Desk
from real_vault import MEDITATED, MET, indexed_in
from terminal import Terminal
from test_nvim_panel import COLUMNS, LINES, panel

pytestmark = pytest.mark.slow


def test_the_panel_follows_the_writer(nvim: str, indexed: Desk, tmp_path: Path) -> None:
    vault = indexed_in(tmp_path, indexed.env)
    command = [nvim, "--clean", "-u", str(HERE / "nvim_init.lua"), str(vault / "Hobbies.md")]
    opened = Terminal(command, indexed.env, COLUMNS, LINES, tmp_path / "screen.txt")
    try:
        opened.wait_for(lambda screen: "Hobbies" in screen, "the note")
        opened.press("Go\r" + MEDITATED + "\x1b:Recall\r")
        opened.wait_for(lambda screen: "Meditation" in panel(screen), "the note about it in the panel", 60)
        opened.press("Go\r" + MET)
        screen = opened.wait_for(lambda screen: "Meetings" in panel(screen), "the note about the new paragraph")
        assert "INSERT" in screen and "Meditation" not in panel(screen)
        opened.press("\x1bK")
        opened.wait_for(lambda screen: "Meetings" in screen[: screen.rfind("meetings")], "the hover card")
    finally:
        opened.close()
