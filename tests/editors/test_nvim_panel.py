"""The live panel and what surrounds it, on Neovim's real screen, on the sample vault."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import HERE, Desk
from terminal import Terminal
from test_nvim import LOST, RELATED, WAITING, write

pytestmark = pytest.mark.slow

COLUMNS, LINES, PANEL = 140, 40, 48


@pytest.fixture
def wide(nvim: str, desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A note in a terminal wide enough for a panel; its parameter, if any, is the options of `setup`."""
    shutil.rmtree(Path(desk.env["RECALL_DATA_DIR"]) / "feedback", ignore_errors=True)  # what another test taught
    env = {**desk.env, "RECALL_OPTIONS": json.dumps(getattr(request, "param", {}))}
    command = [nvim, "--clean", "-u", str(HERE / "nvim_init.lua"), str(desk.vault / "The two-day loaf.md")]
    opened = Terminal(command, env, COLUMNS, LINES, tmp_path / "screen.txt")
    yield opened
    opened.close()


def panel(screen: str) -> str:
    """What stands in the panel's columns, the wrapped lines of a card joined."""
    return " ".join(" ".join(row[COLUMNS - PANEL :].split()) for row in screen.split("\n"))


def draft(screen: str) -> str:
    return "\n".join(row[: COLUMNS - PANEL - 1] for row in screen.split("\n"))


def has(*titles: str) -> object:
    return lambda screen: all(title in panel(screen) for title in titles)


def open_panel(terminal: Terminal, text: str = WAITING) -> None:
    write(terminal, text)
    terminal.press("\x1b:Recall\r")
    terminal.wait_for(has(*RELATED[WAITING if text is WAITING else LOST]), "the related notes in the panel")  # type: ignore[arg-type]


def test_the_panel_follows_the_writer_and_never_takes_the_focus(wide: Terminal) -> None:
    open_panel(wide)
    wide.press("Go\r" + LOST)
    wide.wait_for(has(*RELATED[LOST]), "the notes related to the new paragraph")  # type: ignore[arg-type]
    screen = wide.text()
    assert "INSERT" in screen
    assert not any(title in panel(screen) for title in RELATED[WAITING])
    wide.press(" Still here.")
    wide.wait_for(lambda screen: "Still here." in draft(screen), "typing goes on in the draft")


def test_keys_of_the_panel(wide: Terminal) -> None:
    open_panel(wide)
    wide.press(":Recall focus\r?")
    wide.wait_for(lambda screen: "insert a link to it" in screen, "the help")
    wide.press("q:Recall focus\r/Draft until\rl")
    wide.wait_for(lambda screen: "[[Draft until morning]]" in draft(screen), "the link in the draft")
    wide.press("c")
    wide.wait_for(lambda screen: "\n> " in draft(screen).replace("\n  ", "\n"), "the quotation in the draft")
    wide.press("P")
    wide.wait_for(lambda screen: "● Draft until morning" in screen, "the pin")
    wide.press("P")
    wide.wait_for(lambda screen: "●" not in screen, "the pin gone")
    wide.press("K")
    wide.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" in screen, "the passage in a floating window")
    wide.press("gg/Draft until\r\r")
    wide.wait_for(lambda screen: "Wrote Piotr a reply at 22:40" in draft(screen), "the note opened")


def test_dismissed_undone_paused(wide: Terminal) -> None:
    open_panel(wide)
    wide.press(":Recall focus\r/Draft until\rd")
    wide.wait_for(lambda screen: "Draft until morning" not in panel(screen), "the card gone")
    wide.press("u")
    wide.wait_for(has("Draft until morning"), "the card back")  # type: ignore[arg-type]
    wide.press(".")
    wide.wait_for(lambda screen: "paused" in panel(screen) and "Draft" not in panel(screen), "recall paused")
    wide.press(".\x17h")
    wide.wait_for(has("Draft until morning"), "recall going on")  # type: ignore[arg-type]


def test_only_tabs_and_a_narrow_window(wide: Terminal) -> None:
    open_panel(wide)
    wide.press(":only\r")
    wide.wait_for(lambda screen: "Draft until morning" not in screen, "the panel closed")
    wide.press("Go\rSomething else, and nobody sees an error.\x1b:Recall\r")
    wide.wait_for(lambda screen: "·" in panel(screen) or "ago" in panel(screen), "the panel again")
    wide.press(":tab split\r:Recall\r:vsplit\r:set columns=90\r:tabclose\r:messages\r")
    wide.read(1.0)
    assert "Error" not in wide.text()
    assert "E5108" not in wide.text()


@pytest.mark.parametrize("wide", [{"line": True}], indirect=True)
def test_one_quiet_line(wide: Terminal) -> None:
    write(wide, WAITING)
    wide.wait_for(
        lambda screen: "↩ " in screen and any(f"↩ {title}" in screen for title in RELATED[WAITING]), "the line"
    )
    wide.press("\x1bggO" + "\r")
    wide.wait_for(lambda screen: "↩ Draft" not in screen, "the line gone from where the writer no longer is")


def test_health_and_search(wide: Terminal) -> None:
    write(wide, WAITING)
    wide.press("\x1b:Recall search an angry letter in a drawer until morning\r")
    wide.wait_for(lambda screen: "Draft until morning (" in screen, "the list to choose from")
    wide.press("1\r")
    wide.read(1.0)
    wide.press("\r:checkhealth recall\r")
    wide.wait_for(lambda screen: "49 notes" in screen and "the server is started by" in screen, "the health report")
    assert "WARNING" not in wide.text()


@pytest.mark.parametrize("wide", [{"lens": True}], indirect=True)
def test_code_lens(wide: Terminal) -> None:
    write(wide, "# An angry letter\r\r" + WAITING)
    wide.press("\x1bkk")
    wide.wait_for(lambda screen: " related, oldest 2014" in screen, "the lens above the heading")
    wide.press("grx")
    wide.wait_for(has(*RELATED[WAITING]), "what it tells of, in the panel")  # type: ignore[arg-type]


def test_a_killed_server_comes_back(wide: Terminal, desk: Desk) -> None:
    open_panel(wide)
    [server] = servers(desk)
    os.kill(server, signal.SIGKILL)
    wide.wait_for(lambda screen: "signal 9" in screen, "the news, by Neovim")
    wide.press("\rGo\r" + LOST + "\x1b")
    wide.wait_for(has(*RELATED[LOST]), "the panel served by the new server")  # type: ignore[arg-type]
    assert servers(desk) != [server]


def test_the_plugin_costs_next_to_nothing_at_the_start(nvim: str, desk: Desk, tmp_path: Path) -> None:
    """No file of the plugin but the first is read before a note is opened."""
    log = tmp_path / "startup.log"
    command = [nvim, "--clean", "--headless", "--startuptime", str(log), "-u", str(HERE / "nvim_init.lua"), "+qa"]
    subprocess.run(command, env=desk.env, timeout=60, check=True, capture_output=True)
    read = [line.split()[-1] for line in log.read_text().splitlines() if "require('recall" in line]
    assert read == ["require('recall')"]


def servers(desk: Desk) -> list[int]:
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "environ"]):
        command = process.info["cmdline"] or []
        ours = (process.info["environ"] or {}).get("RECALL_CACHE_DIR") == desk.env["RECALL_CACHE_DIR"]
        if ours and command[-1:] == ["serve"]:
            found.append(process.info["pid"])
    return found


@pytest.mark.parametrize("wide", [{"cmd": ["/nowhere/recall-lsp", "serve"]}], indirect=True)
def test_a_server_that_is_not_there_is_told_of_once(wide: Terminal) -> None:
    def told(screen: str) -> bool:
        said = " ".join(screen.split())
        return said.count("/nowhere/recall-lsp` cannot be run") == 1 and "give its whole path" in said

    wide.press(":e Kumano, day three.md\r:messages\r")
    wide.wait_for(told, "what to do")
