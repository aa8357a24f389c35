"""Real VS Code with two folders in one window: links, renames, quick picks, and the panel as a screen reader has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk
from vscode import run_driver, told

pytestmark = pytest.mark.slow

GARDEN = {
    "Week.md": "# Week\n\nMended the [[Tools#Dibber]] with a bit of twine.\n\n"
    "More in [[Tools]] and in [the tin](Seds.md).\n",
    "Tools.md": "# Tools\n\n## Dibber\n\nMade from a broken spade handle, worn smooth by my father.\n\n"
    "## Twine\n\nJute, not plastic: it rots when the beans are done.\n",
    "Seeds.md": "# Seeds\n\nKept dry in a tea tin, with a bit of twine, beside the [[Tools#Dibber|dibber]], says"
    ' `<img src=x onerror="document.title=1">` <b>nobody</b>.\n',
    "Log.org": "* Spring\n\nThe frames are out.\n\n** Sowing\n\nLeeks in a pan on the sill.\n",
    "recall.toml": "quiet = 0\n",  # what is shown is tested here, not when
}


def plant(folder: Path) -> Path:
    folder.mkdir()
    for name, text in GARDEN.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def linked(studio: dict[str, Any], indexed: Desk) -> Mapping[str, Any]:
    base = Path(studio["base"])
    garden, workspace = plant(base / "garden"), base / "two.code-workspace"
    workspace.write_text(json.dumps({"folders": [{"path": str(garden)}, {"path": str(indexed.vault)}]}))
    url = f"{studio['url'].partition('?')[0]}?workspace={workspace}"
    answers: Mapping[str, Any] = run_driver("vscode_links.js", {**studio, "url": url, "garden": str(garden)})
    return answers


def test_a_link_leads_to_its_heading(linked: Mapping[str, Any]) -> None:
    told(linked, "definition")  # which waited for the note and the line


def test_what_links_to_a_heading_is_listed(linked: Mapping[str, Any]) -> None:
    found = told(linked, "references")["found"]
    assert "Week.md" in found and "Seeds.md" in found


def test_symbols_of_the_note_and_of_all_notes(linked: Mapping[str, Any]) -> None:
    found = told(linked, "symbols")
    assert [row.removesuffix(" symbols (2)") for row in found["inNote"]] == ["Spring", "SowingSpring"]
    assert any("Dibber" in row for row in found["inAll"])


def test_a_broken_link_is_mended(linked: Mapping[str, Any]) -> None:
    found = told(linked, "fix")
    assert any("Seeds" in offered for offered in found["offered"])
    assert "[the tin](Seeds.md)" in found["lines"]


def test_a_heading_is_renamed_with_its_links(linked: Mapping[str, Any]) -> None:
    found = told(linked, "rename-heading")
    assert found["week"] == GARDEN["Week.md"].replace("#Dibber", "#Planting stick").replace("Seds.md", "Seeds.md")
    assert found["seeds"] == GARDEN["Seeds.md"].replace("#Dibber", "#Planting stick")


def test_a_note_is_renamed_with_its_file_and_links(linked: Mapping[str, Any]) -> None:
    found = told(linked, "rename-note")
    assert "Mended the [[Shed tools#Planting stick]]" in found["lines"] and "More in [[Shed tools]]" in found["lines"]


def test_what_is_hidden_is_picked_and_comes_back(linked: Mapping[str, Any]) -> None:
    found = told(linked, "hidden")
    assert len(found["hidden"]) == 1 and "not near Week.md" in found["hidden"][0]
    assert any(title.startswith("Seed") for title in found["titles"])


def test_the_menu_tells_of_both_folders(linked: Mapping[str, Any]) -> None:
    found = told(linked, "menu")["found"]
    assert found[0].startswith("garden") and found[1].startswith("notes")


def test_search_finds_in_both_folders(linked: Mapping[str, Any]) -> None:
    found = told(linked, "search")
    assert any(row.startswith("The two-day loaf") for row in found["loaf"][:2])
    assert any(row.startswith("Shed tools") for row in found["spade"][:2])


def test_each_folder_has_its_own_related_notes(linked: Mapping[str, Any]) -> None:
    garden = {"Week", "Tools", "Seeds", "Spring", "Log"}
    assert set(told(linked, "open")["titles"]) <= garden
    fresh = told(linked, "two-folders")["titles"][1:]  # the first is pinned
    assert fresh and garden.isdisjoint(fresh)


def test_a_screen_reader_has_names_for_everything(linked: Mapping[str, Any]) -> None:
    found = told(linked, "spoken")
    assert '- list "Related notes":' in found["tree"]
    assert '- listitem "Tools.' in found["tree"] and '- toolbar "What to do with Tools":' in found["tree"]
    assert '- button "Link"' in found["tree"] and "- status: 3 related notes" in found["tree"]
    assert found["stops"] == 1 and found["focused"] == "l"


def test_nothing_is_cut_off_at_twice_the_size(linked: Mapping[str, Any]) -> None:
    assert told(linked, "zoom")["wide"] <= 0


def test_html_of_a_note_is_text(linked: Mapping[str, Any]) -> None:
    found = told(linked, "text-only")
    assert "Kept dry in a tea tin" in found["found"]
    assert found["foreign"] == 0 and found["title"] != "1"
