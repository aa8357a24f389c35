"""Real Neovim, with our client and our server, on the sample vault."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, Desk
from terminal import Terminal

pytestmark = pytest.mark.slow

WAITING = "I answered him at midnight and was sorry by breakfast. An angry letter should lie in a drawer until morning."
LOST = "The phone was dead, so we had to find the way back to the hotel without a map, asking strangers in the street."
RELATED = {
    WAITING: {"Draft until morning", "Ship it today"},
    LOST: {"Getting lost on purpose", "The blue dot"},
}


def run_headless(nvim: str, desk: Desk, note: Path, script: str, answers: Path, **env: str) -> Any:
    command = [nvim, "--clean", "--headless", "-u", str(HERE / "nvim_init.lua"), str(note), "-S", str(HERE / script)]
    env = {**desk.env, **env, "RECALL_ANSWERS": str(answers)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=90, check=False)
    answer = json.loads(answers.read_text(encoding="utf-8")) if answers.exists() else {"failure": done.stderr}
    assert "failure" not in answer, answer["failure"]
    return answer


@pytest.mark.parametrize("typed", [WAITING, LOST])
def test_every_answer_names_the_notes_that_are_related(nvim: str, desk: Desk, tmp_path: Path, typed: str) -> None:
    answer = run_headless(
        nvim, desk, desk.vault / "Lime.md", "nvim_headless.lua", tmp_path / "answers.json", RECALL_TYPED=typed
    )
    assert Path(answer["root"]) == desk.vault
    assert "fuzzy" in answer["completeopt"]
    assert {"[", ";"} <= set(answer["triggers"])
    expected, foreign = RELATED[typed], RELATED[LOST if typed == WAITING else WAITING]
    titles = {hit["title"] for hit in answer["related"]["hits"]}
    assert expected <= titles
    assert foreign.isdisjoint(titles)
    assert expected <= {item["label"] for item in answer["completion"]["items"]}
    assert all(title in answer["hover"]["contents"]["value"] for title in expected)


def test_a_writer_sees_the_card_of_related_notes(terminal: Terminal) -> None:
    write(terminal, WAITING)
    terminal.press("\x1b")
    terminal.press_until("K", "", related, "the card of related notes")


def test_a_narrow_card_breaks_no_file_name(nvim: str, desk: Desk, tmp_path: Path) -> None:
    command = [nvim, "--clean", "-u", str(HERE / "nvim_init.lua"), str(desk.vault / "The two-day loaf.md")]
    narrow = Terminal(command, desk.env, 70, 40, tmp_path / "screen.txt")
    notes = {path.name for path in desk.vault.rglob("*") if path.is_file()}

    def whole_names(screen: str) -> bool:
        rows = (row.strip("│~ ") for row in screen.split("\n"))
        files = {row for row in rows if row.endswith((".md", ".txt"))}
        return "Draft until morning.md" in files and files <= notes

    try:
        write(narrow, WAITING)
        narrow.press("\x1b")
        narrow.press_until("K", "", whole_names, "each note's file on a row of its own")
    finally:
        narrow.close()


def test_related_notes_stand_in_the_location_list(terminal: Terminal) -> None:
    write(terminal, WAITING)
    terminal.press_until(
        "\x1b:Recall list\r",
        "",
        lambda screen: "Related notes" in screen and all(f"{title}.md|" in screen for title in RELATED[WAITING]),
        "the location list of related notes",
    )


def test_a_related_note_is_chosen_and_linked(terminal: Terminal) -> None:
    write(terminal, LOST + " ")
    terminal.press_until(
        ";;", "\x7f\x7f", lambda screen: all(title in screen for title in RELATED[LOST]), "the menu of related notes"
    )
    terminal.press("dot")
    terminal.wait_for(lambda screen: row_after(screen, ";;dot").startswith("The blue dot"), "the menu narrowed by name")
    terminal.press("\x0e\x19")
    terminal.wait_for(lambda screen: "[[The blue dot]]" in screen and ";;" not in screen, "the link in the note")


def test_a_link_is_completed_by_name(terminal: Terminal) -> None:
    write(terminal, WAITING + " See [[")
    terminal.wait_for(lambda screen: "Draft until morning" in screen, "the menu after [[")
    terminal.press("\x08\x08")
    terminal.wait_for(lambda screen: "See [[" not in screen, "the brackets gone")
    terminal.press("[[asparag")  # faster than the menu can open
    terminal.wait_for(lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x0e\x19")
    terminal.wait_for(lambda screen: "See [[The asparagus bed]]" in screen, "the link in the note")
    terminal.press("\x1bhh")
    terminal.press_until(
        "K",
        "",
        lambda screen: "We dug the trench in 2022" in screen and " backlink" in screen,
        "the preview of the linked note",
    )


@pytest.mark.parametrize(
    ("terminal", "link"),
    [
        ({"link_style": "wiki"}, "[[The asparagus bed]]"),
        ({"link_style": "markdown"}, "[The asparagus bed](The%20asparagus%20bed.md)"),
    ],
    indirect=["terminal"],
)
@pytest.mark.parametrize("rest", ["", "gus"])
def test_brackets_that_stand_already_are_taken_into_the_link(terminal: Terminal, link: str, rest: str) -> None:
    write(terminal, f"See [[{rest}]] in spring")
    terminal.press("\x1b" + "h" * (len(f"{rest}]] in spring") - 1) + "iaspara")
    terminal.wait_for(lambda screen: "The asparagus bed" in screen, "a note by its name")
    terminal.press("\x0e\x19")
    terminal.wait_for(lambda screen: f"See {link} in spring" in screen, "the link, and nothing left of what was typed")


def test_the_folder_that_is_served(nvim: str, desk: Desk, tmp_path: Path) -> None:
    home = Path(desk.env["HOME"])
    made = [
        ".git",
        "plain",
        "vault/.obsidian",
        "vault/deep/.git",
        "code/.git",
        "code/docs",
        "logseq/.git",
        "graph/logseq",
    ]
    for folder in made:
        (home / folder).mkdir(parents=True)
    (home / "graph" / "logseq" / "config.edn").touch()
    expected = {
        "todo.txt": None,
        "plain/a.md": "plain",
        "vault/a.md": "vault",
        "vault/deep/a.md": "vault",
        "code/docs/a.md": "code",
        "logseq/a.md": "logseq",
        "graph/pages/a.md": "graph",
    }
    files = json.dumps([str(home / file) for file in expected] + ["/a.md"])
    answer = run_headless(nvim, desk, tmp_path / "x", "nvim_root.lua", tmp_path / "answers.json", RECALL_FILES=files)
    assert answer.pop("/a.md") is None
    assert answer == {str(home / file): root and str(home / root) for file, root in expected.items()}


def related(screen: str) -> bool:
    return all(title in screen for title in RELATED[WAITING])


def write(terminal: Terminal, text: str) -> None:
    """Types a new paragraph at the end of the note, once the index has been taken in; stays in insert mode."""
    terminal.wait_for(lambda screen: "recall ready" in screen, "the index")
    terminal.press("Go\r" + text)
    terminal.wait_for(lambda screen: "INSERT" in screen and text.split()[-1] in screen, "the paragraph")


def row_after(screen: str, mark: str) -> str:
    """The line below the one that holds `mark`, without what frames it."""
    rows = screen.split("\n")
    place = max(number for number, row in enumerate(rows) if mark in row) if mark in screen else len(rows)
    return rows[place + 1].strip("~│ ") if place + 1 < len(rows) else ""
