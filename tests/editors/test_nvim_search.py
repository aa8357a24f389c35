"""Notes by a query, in telescope, on Neovim's real screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HERE, Desk
from terminal import Terminal
from test_nvim import write

pytestmark = pytest.mark.slow


@pytest.fixture
def terminal(nvim: str, desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in a Neovim that has telescope."""
    plugins = os.environ.get("RECALL_TELESCOPE")
    if not plugins:
        pytest.skip("no telescope: name the folder that get-editor makes in RECALL_TELESCOPE")
    packpath = f"set packpath+={plugins}"
    command = [nvim, "--clean", "--cmd", packpath, "-u", str(HERE / "nvim_init.lua"), str(desk.vault / "Lime.md")]
    opened = Terminal(command, desk.env, 140, 40, tmp_path / "screen.txt")
    yield opened
    opened.close()


def test_a_note_is_found_narrowed_previewed_and_opened(terminal: Terminal) -> None:
    write(terminal, "Some words.")
    terminal.press("\x1b:Recall search an angry letter in a drawer until morning\r")
    terminal.wait_for(lambda screen: "Draft until morning (" in screen and "─ Recall ─" in screen, "the picker")
    terminal.press("draft until")
    terminal.wait_for(lambda screen: "> draft until " in screen, "what is typed")
    terminal.press_until("\x10", "", lambda screen: "> Draft until morning (" in screen, "the note chosen")
    terminal.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" in screen, "what it says, beside it")
    terminal.press("\r")
    terminal.wait_for(lambda screen: "─ Recall ─" not in screen and "Wrote Piotr" in screen, "the note opened")
    terminal.wait_for(lambda screen: "Draft until morning.md" in screen.split("\n")[-2], "its name in the status line")
