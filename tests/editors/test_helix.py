"""Real Helix, configured as clients/README.md says, with our server on the sample vault: what is seen on its screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Desk
from terminal import Terminal
from test_nvim import WAITING, related
from told import replaced, told

pytestmark = pytest.mark.slow


def configure(folder: Path) -> None:
    """What our README says, with the server of this checkout."""
    languages = replaced(
        told("toml", "[language-server.recall]"),
        'command = "recall-lsp"\nargs = ["serve"]',
        f'command = "{sys.executable}"\nargs = ["-m", "recall_lsp", "serve"]',
    )
    folder.mkdir(parents=True)
    (folder / "languages.toml").write_text(languages, encoding="utf-8")
    (folder / "config.toml").write_text(told("toml", "[editor]"), encoding="utf-8")


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in Helix."""
    helix = os.environ.get("RECALL_HX") or shutil.which("hx")
    if not helix:
        pytest.skip("no Helix: put hx on the PATH or name it in RECALL_HX")
    configure(tmp_path / "config" / "helix")
    command = [helix, "-w", str(desk.vault), str(desk.vault / "The two-day loaf.md")]
    env = {**desk.env, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    opened = Terminal(command, env, 120, 40, tmp_path / "screen.txt")
    opened.wait_for(lambda screen: "Dad ate three slices" in screen, "the note")
    yield opened
    opened.close()


def test_the_card_the_menus_and_the_linked_note(terminal: Terminal) -> None:
    terminal.press("geo\r" + WAITING)
    in_normal_mode(terminal, "")
    assert "Draft until morning" not in terminal.text()  # no menu at words of prose
    terminal.press_until(" k", "\x1b", related, "the card of related notes")
    in_normal_mode(terminal, "A ;")
    terminal.read(0.5)
    terminal.press_until(";", "\x7f", related, "the menu of related notes")
    terminal.press("\x7f\x7f\r[[aspara")
    terminal.wait_for(lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x0e\r")
    terminal.wait_for(lambda screen: "[[The asparagus bed]]" in screen, "the link")
    in_normal_mode(terminal, "gl")
    preview = "the preview of the linked note"
    terminal.press_until(" k", "\x1b", lambda screen: "We dug the trench in 2022" in screen, preview)
    in_normal_mode(terminal, "")
    terminal.press_until("gd", "\x1b", lambda screen: "title: The asparagus bed" in screen, "the linked note")


def in_normal_mode(terminal: Terminal, keys: str) -> None:
    """A key that follows Escape at once would count as Alt and that key."""
    terminal.press("\x1b")
    terminal.wait_for(lambda screen: " NOR " in screen, "normal mode")
    terminal.read(0.3)
    terminal.press(keys)
