"""Real Neovim and its own keys: links followed and found, names changed, headings listed, faults mended."""

from __future__ import annotations

import pytest
from terminal import Terminal
from test_nvim import write

pytestmark = pytest.mark.slow

LINKED = "See [[The asparagus bed]] there."


def test_a_link_is_followed_and_its_backlinks_are_listed(terminal: Terminal) -> None:
    write(terminal, LINKED)
    terminal.press("\x1b0f[ll\x1d")
    terminal.wait_for(lambda screen: "We dug the trench in 2022" in screen, "the linked note")
    terminal.press("gggrr")
    terminal.wait_for(lambda screen: "two-day loaf.md|" in screen and LINKED[:20] in screen, "the unsaved link")


def test_a_heading_is_renamed_with_its_links_and_listed(terminal: Terminal) -> None:
    write(terminal, "## Second rise\r\rAs in [[#Second rise]].")
    terminal.press("\x1bkkgrn")
    terminal.wait_for(lambda screen: "New Name: Second rise" in screen, "the question for the new name")
    terminal.press("\x15Last rise\r")
    terminal.wait_for(lambda screen: "## Last rise" in screen and "[[#Last rise]]" in screen, "the new name twice")
    terminal.press("gO")
    terminal.wait_for(lambda screen: "Table of contents" in screen, "the list of headings")


def test_a_broken_link_is_mended(terminal: Terminal) -> None:
    write(terminal, "Mixed with [it](Lme.md) today.")
    terminal.press("\x1b0fL")
    terminal.wait_for(lambda screen: "W Mixed" in screen, "the sign of a warning")
    terminal.press("gra")
    terminal.wait_for(lambda screen: "Change to Lime" in screen, "the quick fix")
    terminal.press("1\r")
    terminal.wait_for(lambda screen: "[it](Lime.md)" in screen, "the mended link")
