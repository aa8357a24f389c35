"""Real Vim with ALE, configured as clients/README.md says, with our server on the sample vault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Desk
from terminal import Terminal
from test_nvim import WAITING, related
from told import replaced, told

pytestmark = pytest.mark.slow

SETTINGS = "set nocompatible noswapfile hidden\nfiletype plugin on\nlet &runtimepath ..= ',' .. $ALE\n"


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in Vim."""
    vim = os.environ.get("RECALL_VIM") or shutil.which("vim")
    if not vim or not ("RECALL_VIM" in os.environ or "ALE" in os.environ):
        pytest.skip("no Vim with ALE: name what get-editor makes in RECALL_VIM, or ALE's folder in ALE")
    server = tmp_path / "recall-lsp"
    server.write_text(f'#!/bin/sh\nexec "{desk.env["RECALL_PYTHON"]}" -m recall_lsp "$@"\n', encoding="utf-8")
    server.chmod(0o755)
    ours = replaced(told("vim", "ale#linter"), "'executable': 'recall-lsp'", f"'executable': '{server}'")
    settings = tmp_path / "vimrc"
    settings.write_text(SETTINGS + ours, encoding="utf-8")
    command = [vim, "-Nu", str(settings), str(desk.vault / "The two-day loaf.md")]
    opened = Terminal(command, desk.env, 110, 40, tmp_path / "screen.txt")
    opened.wait_for(lambda screen: "Dad ate three slices" in screen, "the note")
    yield opened
    opened.close()


def test_the_card_the_linked_note_and_a_broken_link(terminal: Terminal) -> None:
    terminal.press("Go\r" + WAITING + "\x1b")
    terminal.press_until(":ALEHover\r", ":pclose\r", related, "the card of related notes")
    terminal.press(":pclose\roSee [[The asparagus bed]] and [it](Lme.md).\x1b")
    terminal.wait_for(lambda screen: "W See" in screen and "no note 'Lme.md'" in screen, "the broken link")
    terminal.press("0f[ll")
    preview, linked = "the preview of the linked note", "title: The asparagus bed"
    terminal.press_until(":ALEHover\r", ":pclose\r", lambda screen: "We dug the trench in 2022" in screen, preview)
    terminal.press(":pclose\r")
    terminal.press_until(":ALEGoToDefinition\r", "", lambda screen: linked in screen, "the linked note")
    terminal.press("gg")
    unsaved = "The two-day loaf.md:14:"
    terminal.press_until(":ALEFindReferences\r", "", lambda screen: unsaved in screen, "the unsaved link to it")
