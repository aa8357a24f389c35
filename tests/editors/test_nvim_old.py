"""Neovim 0.10: the plugin says what it needs, and without it the server answers Neovim's own client."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Desk
from terminal import Terminal
from test_nvim import WAITING, related
from test_nvim_ghost import BEGUN, ROW
from told import replaced, told

pytestmark = pytest.mark.slow

MENU = re.compile(r"goes out on the day it was written\. +Reference")
NEEDED = "Neovim 0.11 or later is needed"


@pytest.fixture(scope="module")
def old_nvim() -> str:
    found = os.environ.get("RECALL_NVIM_OLD")
    if not found:
        pytest.skip("no old Neovim: name a 0.10 in RECALL_NVIM_OLD")
    return found


def test_the_plugin_says_what_it_needs(old_nvim: str, desk: Desk) -> None:
    client = f"set runtimepath^={desk.env['RECALL_CLIENT']}"
    command = [old_nvim, "--clean", "--headless", "--cmd", client, "+lua require('recall').setup()"]
    command += ["+checkhealth recall", "+%p", "+qa"]
    done = subprocess.run(command, env=desk.env, capture_output=True, text=True, timeout=60, check=True)
    seen = done.stdout + done.stderr
    assert f"recall: {NEEDED}" in seen
    assert f"ERROR {NEEDED}" in seen  # by the health report
    assert "traceback" not in seen


@pytest.fixture
def terminal(old_nvim: str, desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in it, without the plugin."""
    settings = tmp_path / "init.lua"
    ours = f"cmd = {{ '{desk.env['RECALL_PYTHON']}', '-m', 'recall_lsp', 'serve' }}"
    block = replaced(told("lua", "vim.lsp.start", "nvim/README.md"), "cmd = { 'recall-lsp', 'serve' }", ours)
    settings.write_text("vim.o.swapfile = false\n" + block, encoding="utf-8")
    command = [old_nvim, "--clean", "-u", str(settings), str(desk.vault / "The two-day loaf.md")]
    opened = Terminal(command, desk.env, 110, 34, tmp_path / "screen.txt")
    try:
        opened.wait_for(lambda screen: "Dad ate three slices" in screen, "the note")
        yield opened
    finally:
        opened.close()


def test_without_the_plugin_it_shows_the_card_and_completes(terminal: Terminal) -> None:
    terminal.press("Go\r" + WAITING + "\x1b")
    leave_card(terminal)
    terminal.press("oSee [[The aspa")
    terminal.press_until("\x18\x0f", "", lambda screen: "See [[The asparagus bed]]" in screen, "the link")
    terminal.press("\x1b:pclose\r0f[ll")
    # Neovim waits a second for the answer, and then says that there is none.
    terminal.press_until("\x1d", "\r", lambda screen: "title: The asparagus bed" in screen, "the linked note")


def test_ghost_text_comes_last_in_the_menu(terminal: Terminal) -> None:
    terminal.press("Go\r" + WAITING + "\x1b")
    leave_card(terminal)  # the server is there
    terminal.press("o" + BEGUN)
    terminal.press_until("\x18\x0f", "", MENU.search, "the menu")
    terminal.press_until("\x10", "", lambda screen: ROW in screen, "the writer's own words")
    terminal.press("\x19\x1b")
    terminal.wait_for(lambda screen: ROW in screen and not MENU.search(screen), "the words taken")


def leave_card(terminal: Terminal) -> None:
    """Shows the card and leaves it: a K that was pressed twice goes into it."""
    terminal.press_until("K", "hl", related, "the card of related notes")
    terminal.read(1.0)
    terminal.press_until("\x17thl", "", lambda screen: not related(screen), "the note alone")
