"""Ghost text in real Neovim, on the screen: seen, left, accepted whole or by words, cycled."""

from __future__ import annotations

import pytest
from terminal import Terminal
from test_nvim import write

pytestmark = pytest.mark.slow

EAGER = {"ghost_sure": 0.005}
BEGUN = "this house and this team: nothing that has a sting in it goes"
ROW = f"{BEGUN} out on the day it was written."
NEXT, BACK, WORD = "\x1bn", "\x1bp", "\x1bw"
LINKS = {"ghost": "links", "ghost_sure": 0.1}


@pytest.mark.parametrize("terminal", [EAGER], indirect=True)
def test_ghost_text_is_seen_and_taken_or_left(ghostly: Terminal) -> None:
    ghost = "22:40, four paragraphs, all true."
    write(ghostly, "Wrote Piotr a reply at ")
    ghostly.wait_for(lambda screen: ghost in screen, "the ghost text")
    ghostly.press("\x1b")
    ghostly.wait_for(lambda screen: "INSERT" not in screen and ghost not in screen, "no ghost text after Escape")
    ghostly.press("a")
    ghostly.wait_for(lambda screen: "INSERT" in screen and ghost in screen, "the ghost text again")
    ghostly.press("z")
    ghostly.wait_for(lambda screen: "reply at z" in screen and ghost not in screen, "no ghost text for other words")
    ghostly.press("\x7f")
    ghostly.wait_for(lambda screen: "reply at z" not in screen and ghost in screen, "the ghost text once more")
    ghostly.press("\t")
    ghostly.read(0.5)
    ghostly.press("\x1b")
    ghostly.wait_for(lambda screen: "INSERT" not in screen and f"reply at {ghost}" in screen, "the ghost text accepted")


@pytest.mark.parametrize("terminal", [EAGER], indirect=True)
def test_ghost_text_has_alternatives(ghostly: Terminal) -> None:
    begun = "An angry letter should lie in a drawer"

    def cycle(key: str, number: int) -> str:
        ghostly.press(key)
        screen = ghostly.wait_for(lambda screen: f"({number}/" in screen, f"ghost text {number}")
        return row_of(screen, begun).partition(" (")[0]

    write(ghostly, begun)
    first = row_of(ghostly.wait_for(lambda screen: f"{begun} " in screen, "the first ghost text"), begun)
    second = cycle(NEXT, 2)
    assert second.startswith(begun) and second != first
    assert cycle(BACK, 1) == first and cycle(NEXT, 2) == second
    ghostly.press("\t")
    ghostly.wait_for(lambda screen: row_of(screen, begun) == second, "the second ghost text accepted")


def test_ghost_text_is_taken_word_by_word(ghostly: Terminal) -> None:
    def take(column: int, word: str) -> None:
        ghostly.wait_for(lambda screen: ROW in screen, "the ghost text")
        ghostly.press(WORD)
        ghostly.wait_for(lambda _: ghostly.screen.cursor.x == column, f'the cursor behind "{word}"')

    write(ghostly, BEGUN)
    for word in ("out", "on", "the"):
        take(ROW.index(word, len(BEGUN)) + len(word), word)
    ghostly.wait_for(lambda screen: ROW in screen, "the rest as ghost text")
    ghostly.press("\x1b")
    ghostly.wait_for(lambda screen: row_of(screen, BEGUN) == f"{BEGUN} out on the", "three words and no ghost text")


@pytest.mark.parametrize("terminal", [LINKS], indirect=True)
def test_words_that_name_a_note_are_linked_by_a_key(ghostly: Terminal) -> None:
    write(ghostly, "I went to the asparagus bed ")
    ghostly.wait_for(lambda screen: "the asparagus bed → [[The asparagus bed]]" in screen, "the link as ghost text")
    ghostly.press("\t")
    ghostly.wait_for(lambda screen: "I went to [[The asparagus bed]]" in screen, "the link in place of the words")
    ghostly.press("today")
    ghostly.wait_for(lambda screen: "I went to [[The asparagus bed]] today" in screen, "the writer goes on behind it")


def row_of(screen: str, mark: str) -> str:
    """The last line that holds `mark`."""
    return next(row for row in reversed(screen.split("\n")) if mark in row).rstrip()
