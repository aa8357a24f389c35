"""Real Helix, configured as clients/README.md says, with our server on the sample vault: what is seen on its screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Desk
from terminal import Terminal
from test_nvim import RELATED, WAITING

pytestmark = pytest.mark.slow


def configure(folder: Path) -> None:
    """What our README says, with the server of this checkout."""
    told = (ROOT / "clients" / "README.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in told.split("```toml\n")[1:]]
    [languages] = [block for block in blocks if block.startswith("[language-server.recall]")]
    [editor] = [block for block in blocks if block.startswith("[editor]")]
    command = 'command = "recall-lsp"\nargs = ["serve"]'
    assert command in languages
    ours = languages.replace(command, f'command = "{sys.executable}"\nargs = ["-m", "recall_lsp", "serve"]')
    folder.mkdir(parents=True)
    (folder / "languages.toml").write_text(ours, encoding="utf-8")
    (folder / "config.toml").write_text(editor, encoding="utf-8")


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in Helix."""
    helix = os.environ.get("RECALL_HX") or shutil.which("hx")
    if not helix:
        pytest.skip("no Helix: put hx on the PATH or name it in RECALL_HX")
    configure(tmp_path / "config" / "helix")
    env = {**desk.env, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    opened = Terminal(
        [helix, "-w", str(desk.vault), str(desk.vault / "The two-day loaf.md")], env, 120, 40, tmp_path / "screen.txt"
    )
    yield opened
    opened.close()


def test_links_are_offered_and_the_card_is_shown(terminal: Terminal) -> None:
    terminal.wait_for(lambda screen: "Dad ate three slices" in screen, "the note", 30)
    terminal.read(3.0)  # the server has loaded the index
    terminal.press("geo\r" + WAITING)
    terminal.read(2.0)
    assert "Draft until morning" not in terminal.text()  # no menu at words of prose
    terminal.press(" ;;")
    terminal.wait_for(lambda screen: all(title in screen for title in RELATED[WAITING]), "the menu of related notes")
    terminal.press("\x7f\x7f\r[[aspara")
    terminal.wait_for(lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x0e\r")
    terminal.wait_for(lambda screen: "[[The asparagus bed]]" in screen, "the link")
    press_in_normal_mode(terminal, "gl k")
    terminal.wait_for(lambda screen: "We dug the trench in 2022" in screen, "the preview of the linked note")
    press_in_normal_mode(terminal, "gh k")
    terminal.wait_for(lambda screen: all(title in screen for title in RELATED[WAITING]), "the card of related notes")


def press_in_normal_mode(terminal: Terminal, keys: str) -> None:
    """A key that follows Escape at once would count as Alt and that key."""
    terminal.press("\x1b")
    terminal.wait_for(lambda screen: " NOR " in screen, "normal mode")
    terminal.read(0.3)
    terminal.press(keys)
