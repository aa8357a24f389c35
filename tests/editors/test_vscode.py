"""Real VS Code in a browser, with our extension and our server, on the sample vault.

One session walks through everything (`vscode_drive.js`), since starting it costs most; each test looks at what one of
its steps saw.  The screenshots stay in pytest's temporary folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from conftest import Desk
from vscode import run_driver, told

from recall_lsp.notes.model import Note
from recall_lsp.notes.read import read_bytes

pytestmark = pytest.mark.slow

WAITING = "I answered him at midnight and was sorry by breakfast. An angry letter should lie in a drawer until morning."
LOST = "The phone was dead, so we had to find the way back to the hotel without a map, asking strangers in the street."
GHOST = "So, the rule for this house and this team: nothing that has a sting in it goes "
ABOUT_WAITING = {"Draft until morning", "Ship it today"}
ABOUT_LOST = {"Getting lost on purpose", "The blue dot", "2018-07-22 A week with a paper map"}


@pytest.fixture(scope="session")
def seen(studio: dict[str, Any], indexed: Desk) -> Mapping[str, Any]:
    before = {path: path.read_bytes() for path in indexed.vault.rglob("*") if path.is_file()}
    texts = {"waiting": WAITING, "lost": LOST, "ghost": GHOST}
    about = {"aboutWaiting": sorted(ABOUT_WAITING), "aboutLost": sorted(ABOUT_LOST)}
    answers: Mapping[str, Any] = run_driver("vscode_drive.js", {**studio, **texts, **about})
    assert {path: path.read_bytes() for path in indexed.vault.rglob("*") if path.is_file()} == before
    return answers


def test_the_panel_opens_by_itself_and_leaves_the_focus(seen: Mapping[str, Any]) -> None:
    found = told(seen, "open")
    assert "Nothing from before is near this" in found["silence"]
    assert found["titles"]
    assert found["focus"]


def test_the_panel_follows_what_is_typed(seen: Mapping[str, Any], vault_titles: set[str]) -> None:
    waiting, lost = told(seen, "waiting"), told(seen, "lost")
    assert waiting["titles"][0] in ABOUT_WAITING and ABOUT_LOST.isdisjoint(waiting["titles"])
    assert set(lost["titles"][:2]) <= ABOUT_LOST  # behind them may stand what belongs to the paragraph above
    assert set(waiting["titles"]) | set(lost["titles"]) <= vault_titles


def test_a_card_tells_when_what_and_why(seen: Mapping[str, Any]) -> None:
    card = told(seen, "waiting")
    assert re.search(r"ago|yesterday|today", card["ago"])
    assert re.search(r"strong|likely|maybe", card["band"])
    assert card["sentence"] and card["marks"] and re.search("both say|close in meaning", card["why"])


def test_what_has_not_changed_is_not_painted_anew(seen: Mapping[str, Any]) -> None:
    assert told(seen, "still")["kept"] == 1


def test_enter_ends_a_line_of_prose_and_accepts_nothing(seen: Mapping[str, Any]) -> None:
    assert f"## Letters {WAITING}" in told(seen, "waiting")["lines"]


def test_the_hover_card(seen: Mapping[str, Any]) -> None:
    assert " · both say " in told(seen, "hover")["text"]


def test_the_menu_of_names(seen: Mapping[str, Any]) -> None:
    assert "See [[The asparagus bed]]" in told(seen, "link-menu")["lines"]


def test_the_code_lens_leads_to_the_panel(seen: Mapping[str, Any]) -> None:
    found = told(seen, "lens")
    assert re.fullmatch(r"\d related, oldest \d{4}", found["text"])
    assert found["count"] == int(found["text"][0])


def test_ghost_text_and_tab(seen: Mapping[str, Any]) -> None:
    assert told(seen, "ghost")["text"].startswith("out on")  # and became the writer's own, or the step had failed


def test_ghost_text_is_taken_word_by_word(seen: Mapping[str, Any]) -> None:
    assert told(seen, "ghost-word")["text"].startswith("on")


def test_ghost_text_turns_words_into_a_link(seen: Mapping[str, Any]) -> None:
    found = told(seen, "ghost-link")
    assert "→ [[The asparagus bed]]" in found["text"]
    assert "I went to [[The asparagus bed]]" in found["lines"]


def test_a_quotation_is_inserted_with_its_source_and_date(seen: Mapping[str, Any]) -> None:
    found = told(seen, "quote")
    assert re.search(rf"> — \[\[[^]]*{re.escape(found['title'])}\]\], \d{{4}}-\d\d-\d\d", found["lines"])
    assert found["focus"]


def test_a_link_is_inserted_where_the_writer_was(seen: Mapping[str, Any]) -> None:
    found = told(seen, "link")
    assert re.search(rf"{LOST.split()[-1]} \[\[[^]]*{re.escape(found['title'])}\]\]", found["lines"])


def test_a_note_is_dismissed_and_brought_back(seen: Mapping[str, Any]) -> None:
    found = told(seen, "dismiss")
    assert found["title"] in found["before"] and found["title"] not in found["after"]
    assert found["title"] in found["told"] and found["title"] in found["restored"]


def test_what_is_pinned_stays_on_top(seen: Mapping[str, Any]) -> None:
    found = told(seen, "pin")
    assert found["shown"][0] == found["title"] and ABOUT_LOST & set(found["shown"])
    assert found["focused"] == found["title"]  # though its card was moved


def test_peek(seen: Mapping[str, Any]) -> None:
    assert told(seen, "peek")["title"].endswith((".md", ".txt", ".org"))


def test_silence(seen: Mapping[str, Any]) -> None:
    assert "Nothing from before is near this" in told(seen, "silence")["message"]


def test_pause_and_resume(seen: Mapping[str, Any]) -> None:
    found = told(seen, "pause")
    assert found["paused"] == 0 and "paused" in found["status"]
    assert ABOUT_WAITING & set(found["resumed"])


def test_themes(seen: Mapping[str, Any]) -> None:
    def brightness(step: str) -> float:
        numbers = [float(number) for number in re.findall(r"[\d.]+", told(seen, step)["colour"])[:3]]
        return sum(numbers) / 3

    assert brightness("light") < 110 < 150 < brightness("dark") <= brightness("contrast")
    assert brightness("contrast-light") < 110


def test_the_page_of_all_related_passages(seen: Mapping[str, Any]) -> None:
    found = told(seen, "page")
    assert "# Related to The two-day loaf" in found["text"] and "(file:///" in found["text"]
    assert found["opened"].endswith((".md", ".txt", ".org"))


def test_a_server_that_was_killed_comes_back(seen: Mapping[str, Any]) -> None:
    found = told(seen, "crash")
    assert "started again" in found["told"]
    assert ABOUT_LOST & set(found["titles"])


def test_a_broken_path_is_told_and_mended(seen: Mapping[str, Any]) -> None:
    found = told(seen, "broken")
    assert "cannot be run" in found["told"] and "Open Settings" in found["told"]
    assert ABOUT_WAITING & set(found["titles"])


@pytest.fixture(scope="session")
def vault_titles(indexed: Desk) -> set[str]:
    files = (path for path in indexed.vault.rglob("*") if path.is_file())
    notes = (read_bytes(path.relative_to(indexed.vault).as_posix(), path.read_bytes()) for path in files)
    return {note.title for note in notes if isinstance(note, Note)}


def test_the_package_holds_what_a_user_is_owed(studio: dict[str, Any]) -> None:
    with ZipFile(studio["vsix"]) as package:
        files = {name.removeprefix("extension/").lower() for name in package.namelist()}
        notices = package.read("extension/dist/THIRD-PARTY-NOTICES.txt").decode()
    assert {"readme.md", "changelog.md", "license.txt", "media/icon.png", "dist/extension.js"} <= files
    assert not [name for name in files if name.startswith(("src/", "test/", "node_modules/"))]
    assert "vscode-languageclient" in notices and "Permission is hereby granted" in notices


def test_screenshots_are_left(seen: Mapping[str, Any], studio: dict[str, Any]) -> None:
    shots = sorted(Path(studio["shots"]).glob("*.png"))
    assert {"waiting", "dark", "light", "quote"} <= {shot.stem for shot in shots}
    assert all(shot.stat().st_size > 10_000 for shot in shots)
