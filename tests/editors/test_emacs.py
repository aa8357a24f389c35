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
from test_nvim import LOST, RELATED, WAITING, related

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


def titles(screen: str) -> list[str]:
    return [row[COLUMNS - PANEL :].strip() for row in screen.split("\n")]


def draft(screen: str) -> str:
    return "\n".join(row[: COLUMNS - PANEL - 1].strip() for row in screen.split("\n"))


def has(terminal: Terminal, expected: set[str], what: str) -> str:
    return terminal.wait_for(lambda screen: all(title in panel(screen) for title in expected), what)


def run(terminal: Terminal, command: str) -> None:
    terminal.press(f"\x1bx{command}\r")
    terminal.read(0.3)


def open_panel(terminal: Terminal, text: str = WAITING) -> None:
    terminal.wait_for(lambda screen: "Connected" in screen or "[eglot:notes" in screen, "the server")
    terminal.press(DOWN + "\r" + text)
    run(terminal, "recall-panel")
    has(terminal, RELATED[text], "the related notes in the panel")


def to_panel(terminal: Terminal, title: str) -> None:
    """Into the panel, to a note."""
    terminal.press("\x18o")
    terminal.wait_for(lambda _: terminal.screen.cursor.x >= COLUMNS - PANEL, "the cursor in the panel")
    to_card(terminal, title)


def to_card(terminal: Terminal, title: str) -> None:
    """From the top of the panel down to a note."""

    def row() -> int:
        return terminal.screen.cursor.y

    terminal.press("\x1b<")
    terminal.wait_for(lambda _: row() <= 1, "the top of the panel")
    rows = {row()}
    while title not in terminal.text().split("\n")[row()][COLUMNS - PANEL :]:
        terminal.press("n")
        terminal.wait_for(lambda _: row() not in rows, f"the next note, on the way to {title}")
        rows.add(row())


@pytest.mark.parametrize("terminal", ["eglot", "lsp-mode"], indirect=True)
def test_the_panel_follows_the_writer_and_never_takes_the_focus(terminal: Terminal) -> None:
    open_panel(terminal)
    terminal.press("\r\r" + LOST)
    screen = has(terminal, RELATED[LOST], "the notes related to the new paragraph")
    assert not any(title in panel(screen) for title in RELATED[WAITING])
    terminal.press(" Still here.")
    terminal.wait_for(lambda screen: "Still here." in draft(screen), "typing goes on in the draft")


def test_what_the_keys_of_the_panel_do(terminal: Terminal, desk: Desk) -> None:
    open_panel(terminal)
    to_panel(terminal, "Draft until morning")
    terminal.press("l")
    terminal.wait_for(lambda screen: "[[Draft until morning]]" in draft(screen), "the link in the draft")
    terminal.press("c")
    terminal.wait_for(lambda screen: "\n> " in draft(screen), "the quotation in the draft")
    terminal.press("P")
    terminal.wait_for(lambda screen: "● Draft until morning" in panel(screen), "the pin")
    terminal.press("P")
    terminal.wait_for(lambda screen: "●" not in screen, "the pin gone")
    terminal.press("d")
    terminal.wait_for(lambda screen: "Draft until morning" not in titles(screen), "the card gone")
    terminal.press("u")
    terminal.wait_for(lambda screen: "Draft until morning" in titles(screen), "the card back")
    terminal.press(".")
    terminal.wait_for(lambda screen: "paused" in panel(screen) and "Draft" not in panel(screen), "recall paused")
    terminal.press(".")
    has(terminal, {"Draft until morning"}, "recall going on")
    terminal.press("?")
    terminal.wait_for(lambda screen: "l insert a link, c cite" in screen, "the help")
    to_card(terminal, "Draft until morning")
    terminal.press(" ")
    terminal.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" in screen, "the passage in a window below")
    terminal.press(" ")
    terminal.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" not in screen, "that window gone")
    terminal.press("\r")
    terminal.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" in draft(screen), "the note opened")


def test_completion_and_the_card(terminal: Terminal) -> None:
    terminal.wait_for(lambda screen: "[eglot:notes" in screen, "the server")
    terminal.press(DOWN + "\r" + WAITING + " ;;")
    terminal.press_until("\x1b\t", "", related, "links to related notes")
    terminal.press("\x7f\x7fSee [[aspara")
    terminal.press_until("\x1b\t", "", lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x1b[1;3B\x1b\r")  # M-down, M-RET
    terminal.wait_for(lambda screen: "See [[The asparagus bed]]" in screen, "the link")
    terminal.press("\x02\x02\x02")
    terminal.wait_for(lambda screen: "The asparagus bed" in screen.split("\n")[-1], "one line of the preview")
    preview = "the preview of the linked note"
    terminal.press_until("\x08.", "", lambda screen: "We dug the trench in 2022" in screen, preview)
    terminal.press("\x01")
    terminal.wait_for(related, "the card of related notes")


@pytest.mark.parametrize("terminal", ["lsp-mode"], indirect=True)
def test_ghost_text(terminal: Terminal) -> None:
    terminal.wait_for(lambda screen: "LSP[recall" in screen, "the server")
    terminal.press(DOWN + "\rSo, the rule for this house and this team: nothing that has a sting in it goe")
    terminal.press_until("s", "\x7f", lambda screen: "sting in it goes out on" in screen, "ghost text")


def test_it_compiles_without_a_warning(emacs: str, tmp_path: Path) -> None:
    copy = shutil.copy(CLIENT / "recall.el", tmp_path)
    command = [
        emacs,
        "-Q",
        "--batch",
        "--eval",
        "(setq byte-compile-error-on-warn t)",
        "-f",
        "batch-byte-compile",
        copy,
    ]
    done = subprocess.run(
        command, env={**os.environ, "LANG": "C.UTF-8"}, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_keeps_the_rules_for_packages(emacs: str) -> None:
    look = f"""(if (not (require 'package-lint nil t)) (princ "none")
      (find-file "{CLIENT / "recall.el"}")
      (princ (mapconcat (lambda (found) (format "%S\n" found)) (package-lint-buffer))))"""
    done = subprocess.run(
        [emacs, "-Q", "--batch", "--eval", look], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    if done.stdout == "none":
        pytest.skip("this Emacs has no package-lint")
    assert done.stdout == ""


def test_its_docstrings_keep_the_rules(emacs: str) -> None:
    look = f"""(progn (require 'checkdoc) (checkdoc-file "{CLIENT / "recall.el"}"))"""
    done = subprocess.run(
        [emacs, "-Q", "--batch", "--eval", look], capture_output=True, text=True, timeout=90, check=True
    )
    assert done.stdout + done.stderr == ""
