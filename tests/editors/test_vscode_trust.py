"""Real VS Code where there is no server, in a folder that is not trusted, and with a server in a Python environment."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from test_vscode_links import plant
from vscode import program, run_driver, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def doubted(studio: dict[str, Any]) -> Mapping[str, Any]:
    base = Path(studio["base"])
    folder, marker, used = plant(base / "lent"), base / "foreign", base / "used"
    program(base / "venv" / "bin" / "recall-lsp", f'touch "{used}"\nexec "{sys.executable}" -m recall_lsp "$@"')
    foreign = program(base / "foreign-server", f'touch "{marker}"\nexit 1')
    settings = folder / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"recall.serverPath": str(foreign)}))
    places = {"marker": marker, "foreign": foreign, "folderSettings": settings, "inEnvironment": used}
    drive = {**studio, "url": f"{studio['url'].partition('?')[0]}?folder={folder}", "profile": "another-browser"}
    answers: Mapping[str, Any] = run_driver("vscode_trust.js", drive | {name: str(at) for name, at in places.items()})
    return answers


def test_without_a_server_one_message_tells_what_to_do(doubted: Mapping[str, Any]) -> None:
    found = told(doubted, "open")
    assert "does not find it" in found["told"] and "How to Install" in found["told"]
    assert "needs its server" in found["panel"] and "How to install it" in found["panel"]


def test_a_folder_that_is_not_trusted_chooses_no_program(doubted: Mapping[str, Any]) -> None:
    assert not told(doubted, "open")["foreign"]
    found = told(doubted, "untrusted")
    assert not found["foreign"] and "Tools" in found["titles"]


def test_the_selected_python_environment_has_the_server_once_the_folder_is_trusted(doubted: Mapping[str, Any]) -> None:
    found = told(doubted, "environment")
    assert not found["before"] and "Tools" in found["titles"]


def test_a_trusted_folder_chooses_its_program(doubted: Mapping[str, Any]) -> None:
    found = told(doubted, "trusted")
    assert found["foreign"] and len(found["errors"]) <= 2  # of ours, and not one for each step that failed
