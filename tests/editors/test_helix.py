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


def configuration() -> str:
    """The `languages.toml` of our README, with the server of this checkout."""
    told = (ROOT / "clients" / "README.md").read_text(encoding="utf-8")
    block = next(
        part.split("```")[0] for part in told.split("```toml\n") if part.startswith("[language-server.recall]")
    )
    ours = f'command = "{sys.executable}"\nargs = ["-m", "recall_lsp", "serve"]'
    assert 'command = "recall-lsp"\nargs = ["serve"]' in block
    return block.replace('command = "recall-lsp"\nargs = ["serve"]', ours)


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """A note open in Helix."""
    helix = os.environ.get("RECALL_HX") or shutil.which("hx")
    if not helix:
        pytest.skip("no Helix: put hx on the PATH or name it in RECALL_HX")
    home = tmp_path / "config" / "helix"
    home.mkdir(parents=True)
    (home / "languages.toml").write_text(configuration(), encoding="utf-8")
    env = {**desk.env, "XDG_CONFIG_HOME": str(home.parent)}
    opened = Terminal(
        [helix, "-w", str(desk.vault), str(desk.vault / "The two-day loaf.md")], env, 120, 40, tmp_path / "screen.txt"
    )
    yield opened
    opened.close()


def test_links_are_offered_and_the_card_is_shown(terminal: Terminal) -> None:
    terminal.wait_for(lambda screen: "Dad ate three slices" in screen, "the note", 30)
    terminal.read(3.0)  # the server has loaded the index
    terminal.press("geo\r" + WAITING + " ;;")
    terminal.wait_for(lambda screen: all(title in screen for title in RELATED[WAITING]), "the menu of related notes")
    terminal.press("\x7f\x7f\r[[aspara")
    terminal.wait_for(lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x0e\r")
    terminal.wait_for(lambda screen: "[[The asparagus bed]]" in screen, "the link")
    terminal.press("\x1bhhh k")
    terminal.wait_for(lambda screen: "We dug the trench in 2022" in screen, "the preview of the linked note")
    terminal.press("\x1bgh k")
    terminal.wait_for(lambda screen: all(title in screen for title in RELATED[WAITING]), "the card of related notes")
