"""Real Emacs, with our client and our server, on the sample vault: what is seen on its screen."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HERE, ROOT, Desk
from terminal import Terminal
from test_nvim import LOST, RELATED, WAITING

pytestmark = pytest.mark.slow

COLUMNS, LINES, PANEL = 140, 40, 48
CLIENT = ROOT / "clients" / "emacs"
NOTE = "The two-day loaf.md"
DOWN = "\x1b>"  # M->
QUIT = "\x07"


@pytest.fixture(scope="module")
def emacs() -> str:
    found = os.environ.get("RECALL_EMACS") or shutil.which("emacs")
    if not found:
        pytest.skip("no Emacs: put one on the PATH or name it in RECALL_EMACS")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(told.split()[2].partition(".")[0]) < 29:
        pytest.skip(f"{told.splitlines()[0]} has no eglot: 29.1 or later is needed")
    return found


@pytest.fixture
def terminal(emacs: str, desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A note open in Emacs; its parameter, if any, is what talks to the server."""
    shutil.rmtree(Path(desk.env["RECALL_DATA_DIR"]) / "feedback", ignore_errors=True)  # what another test taught
    env = {**desk.env, "RECALL_CLIENT": str(CLIENT), "RECALL_WITH": getattr(request, "param", "eglot")}
    command = [emacs, "-Q", "-nw", "-l", str(HERE / "emacs_init.el"), str(desk.vault / NOTE)]
    opened = Terminal(command, env, COLUMNS, LINES, tmp_path / "screen.txt")
    yield opened
    opened.close()


def panel(screen: str) -> str:
    """What stands in the panel's columns, the wrapped lines of a card joined."""
    return " ".join(" ".join(row[COLUMNS - PANEL :].split()) for row in screen.split("\n")[:-1])


def draft(screen: str) -> str:
    return "\n".join(row[: COLUMNS - PANEL - 1].rstrip() for row in screen.split("\n"))


def has(terminal: Terminal, expected: set[str], what: str) -> str:
    return terminal.wait_for(lambda screen: all(title in panel(screen) for title in expected), what)


def run(terminal: Terminal, command: str) -> None:
    terminal.press(f"\x1bx{command}\r")
    terminal.read(0.3)


def open_panel(terminal: Terminal, text: str = WAITING) -> None:
    terminal.wait_for(lambda screen: "Connected" in screen or "[eglot:notes" in screen, "the server", 30)
    terminal.press(DOWN + "\r" + text)
    run(terminal, "recall-panel")
    has(terminal, RELATED[text], "the related notes in the panel")


def to_panel(terminal: Terminal, title: str) -> None:
    """Into the panel, to a note."""
    terminal.press("\x18o")
    for _ in range(6):
        terminal.read(0.2)
        row, column = terminal.screen.cursor.y, COLUMNS - PANEL
        if title in terminal.text().split("\n")[row][column:]:
            return
        terminal.press("n")
    raise AssertionError(f"{title} was not reached:\n{terminal.text()}")


def test_the_panel_follows_the_writer_and_never_takes_the_focus(terminal: Terminal) -> None:
    open_panel(terminal)
    terminal.press("\r\r" + LOST)
    screen = has(terminal, RELATED[LOST], "the notes related to the new paragraph")
    assert not any(title in panel(screen) for title in RELATED[WAITING])
    terminal.press(" Still here.")
    terminal.wait_for(lambda screen: "Still here." in draft(screen), "typing goes on in the draft")
