"""Each command through a real process: what it prints, and the code it exits with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from vaults import CHECKOUT, SAMPLE, Keeper, copy_sample, crossed_notes, linked_notes, write_notes

from recall_lsp import __version__
from recall_lsp.index.feedback import feedback_path
from recall_lsp.index.places import index_dir
from recall_lsp.index.tuned import tuned_path

NOTES: dict[str, str | bytes] = {
    "ferry.md": "---\ntitle: The ferry\ndate: 2020-02-02\n---\n\nFirst words.\n\nThe ferry crossed at night.\n",
    "glacier.md": "Glaciers keep the air of former centuries.\n",
    "bad.md": b"\0\0\0",
    "recall.toml": 'model = "none"\n',
}


def run(*arguments: object, stdin: str = "", code: int = 0, both: bool = False) -> str:
    """Standard output, after the exit code was compared; there is never a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "recall_lsp", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
        timeout=180,
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout + (done.stderr if code or both else "")


def answers(root: Path, *lines: str) -> list[Any]:
    return [json.loads(line) for line in run("related", root, "--json", stdin="\n".join(lines)).splitlines()]


@pytest.fixture
def notes(root: Path) -> Path:
    return write_notes(root, NOTES)


def test_version() -> None:
    assert run("--version") == f"recall-lsp {__version__}\n"


def test_index(notes: Path) -> None:
    shown = run("index", notes, "--text", "A night on the ferry.")
    assert "2 notes" in shown and "Files skipped: 1;" in shown
    assert "The ferry crossed at night." in shown and "2020-02-02" in shown and "ferry and night" in shown
    assert "recall-lsp serve" in shown
    assert (index_dir(notes) / "catalog.db").exists()


@pytest.mark.parametrize(
    ("command", "where"),
    [(("index",), where) for where in ("/", "~", "nothing", "file.md")]
    + [(("status",), "/"), (("check",), "/"), (("related", "text"), "~"), (("search", "text"), "nothing")],
)
def test_a_refused_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], where: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file.md").write_text("")
    folder = where if where in "/~" else tmp_path / where
    shown = run(command[0], folder, *command[1:], code=2)
    assert "name the folder that holds your notes" in " ".join(shown.split())


def test_an_empty_folder(root: Path) -> None:
    write_notes(root, {"recall.toml": 'model = "none"\n'})
    assert "no notes here yet" in run("index", root, code=1)
    assert "Silence is an answer too" in run("related", root, "Anything at all.")
    assert json.loads(run("search", root, "anything", "--json")) == {"hits": []}


def test_settings_that_cannot_be_read_are_told_once(root: Path) -> None:
    write_notes(root, {"a.md": "A river.", "recall.toml": "exclude = ["})
    shown = run("index", root, code=2)
    assert shown.count("recall.toml") == 1 and "Mend it first" in shown and "no notes" not in shown


def test_related_for_a_person(notes: Path) -> None:
    shown = run("related", notes, "A night on the ferry.", "--quiet", "0")
    assert re.search(r"1\. +The ferry", shown) and "ferry.md:8" in shown
    assert "Silence" in run("related", notes, "A night on the ferry.", "--quiet", "1")
    assert "The ferry" in run("related", notes, "--quiet", "0", stdin="A night on the ferry.")


def test_related_for_a_program(notes: Path) -> None:
    text = "About glaciers.\n\nA night on the ferry.\n"
    ask = [{"text": text}, {"text": text, "line": 0, "character": 3}, {"text": text, "path": "ferry.md"}]
    by_end, by_place, own = (answer["hits"] for answer in answers(notes, *map(json.dumps, ask)))
    [hit] = [hit for hit in by_end if hit["path"] == "ferry.md"]
    on_disk = (notes / "ferry.md").read_text()
    assert on_disk[slice(*hit["span"])] == hit["sentence"] == "The ferry crossed at night."
    assert on_disk.split("\n")[hit["line"]] == hit["sentence"]
    assert (hit["title"], hit["date"], hit["found_by"], hit["linked"]) == ("The ferry", "2020-02-02", ["words"], False)
    assert {"ferry", "night"} <= set(hit["shared"])
    assert by_place[0]["path"] == "glacier.md"
    assert "ferry.md" not in [hit["path"] for hit in own]


def test_a_broken_request_is_told_and_the_next_answered(notes: Path) -> None:
    good = json.dumps({"text": "A night on the ferry.", "limit": 1})
    broken = ["nonsense", "[]", "3", "null", "{}", '{"text": "x", "line": "y"}', '{"text": "x", "line": null}']
    odd = [
        '{"text": "ferry", "line": 99}',
        '{"text": "ferry", "line": -3, "character": -9}',
        '{"text": "\\ud800 ferry"}',
    ]
    given = answers(notes, *broken, "", *odd, good)
    assert len(given) == len(broken) + len(odd) + 1
    assert all("not a request" in answer["error"] for answer in given[: len(broken)])
    assert all("hits" in answer for answer in given[len(broken) :])
    assert [hit["path"] for hit in given[-1]["hits"]] == ["ferry.md"]


def test_search(notes: Path) -> None:
    assert "The ferry" in run("search", notes, "FERRY")
    [hit] = json.loads(run("search", notes, "centuries", "--json"))["hits"]
    assert hit["path"] == "glacier.md"
    run("search", notes, "ferry", "--limit", "0", code=2)


def test_check(notes: Path) -> None:
    assert "There is no index yet. `recall-lsp index`" in run("check", notes, code=1)
    run("index", notes)
    assert "is whole" in run("check", notes)
    (index_dir(notes) / "catalog.db").write_bytes(b"garbage, " * 999)
    assert "`recall-lsp check --repair` mends it" in run("check", notes, code=1)
    assert json.loads(run("check", notes, "--json", code=1).splitlines()[0])["findings"][0]["broken"]
    assert "mended: The catalog cannot be used" in run("check", notes, "--repair")
    assert json.loads(run("check", notes, "--json")) == {"findings": [], "mended": [], "kept": False}


def test_check_beside_an_editor(notes: Path) -> None:
    with Keeper(notes) as keeper:
        keeper.ready()
        told = json.loads(run("check", notes, "--json"))
        assert told == {"findings": [], "mended": [], "kept": True}


def test_status(notes: Path) -> None:
    assert "nothing is indexed yet" in run("status", notes)
    assert not index_dir(notes).exists(), "status only reads"
    run("index", notes)
    write_notes(notes, {"recall.toml": 'model = "none"\nlimit = 99\n'})
    shown = run("status", notes)
    assert "bad.md" in shown and "not a text file" in shown and "'limit'" in shown
    told = json.loads(run("status", notes, "--json"))
    assert (told["state"], told["notes"], told["model"]) == ("ready", 2, "none")
    assert told["skipped"] == [["bad.md", "not a text file"]]
    assert len(told["warnings"]) == 1
    assert Path(told["index"]) == index_dir(notes)


@pytest.mark.usefixtures("default_model")
def test_evaluate(root: Path) -> None:
    write_notes(root, linked_notes())
    shown = run("evaluate", root)
    assert "8 paragraphs" in shown and "too few" in shown and "BM25" in shown
    figures = json.loads(run("evaluate", root, "--json"))
    assert figures["questions"] == 8
    assert figures["systems"]["words"]["recall_5"] == 1.0
    assert set(figures["silence"]) == {"filler", "foreign"}


def test_evaluate_without_links_says_so(notes: Path) -> None:
    assert "link a few notes first" in run("evaluate", notes)


@pytest.mark.usefixtures("default_model")
def test_tune_leaves_a_vault_with_few_links_alone(root: Path) -> None:
    write_notes(root, linked_notes())
    assert "goes on with its defaults" in run("tune", root)
    assert "is not tuned" in run("tune", root, "--undo")


@pytest.mark.usefixtures("default_model")
def test_tune_and_undo(root: Path) -> None:
    write_notes(root, crossed_notes(50))
    shown = run("tune", root, "--yes")
    assert "not seen" in shown and "█" in shown and "Kept" in shown
    assert json.loads(tuned_path(root).read_text())["story"]["ndcg_after"] > 0.5
    assert "only notes that the tuning did not learn from" in run("evaluate", root)
    tuned_path(root).write_text("{}")
    assert "cannot be read" in run("search", root, "stairs", both=True)
    assert "defaults rank again" in run("tune", root, "--undo")
    assert not tuned_path(root).exists()


def test_beside_a_keeper_that_is_running(notes: Path) -> None:
    with Keeper(notes) as keeper:
        keeper.ready()
        assert "The ferry" in run("search", notes, "ferry")
        assert keeper.process.poll() is None


def test_a_model_that_is_not_here_leaves_words(notes: Path) -> None:
    write_notes(notes, {"recall.toml": 'model = "no/such-model"\n'})
    assert "The ferry" in run("search", notes, "ferry")


def test_a_cache_that_cannot_be_written(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECALL_CACHE_DIR", str(tmp_path / "file"))
    assert "cannot be written" in " ".join(run("search", notes, "ferry", code=2).split())
    assert "✗ cache" in run("doctor", code=1)


def test_doctor(default_model: str) -> None:
    shown = run("doctor")
    assert "✓ Python" in shown and "the default model is compiled" in shown and "✗" not in shown


def test_the_sample_without_a_folder(default_model: str) -> None:
    shown = run("index")
    assert "the sample vault" in shown and "while you write" in shown and "1. " in shown
    assert not [path for path in SAMPLE.rglob("*") if path.name.endswith((".db", ".lock"))]


def test_a_text_by_meaning(default_model: str, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "sample")
    run("index", root)
    [hit] = answers(root, json.dumps({"text": "The plaster must dry slowly on the old wall.", "limit": 1}))[0]["hits"]
    assert hit["path"] == "Lime.md"
    assert "meaning" in hit["found_by"]


@pytest.mark.parametrize("settings", ["nonsense", "[]", "3"])
def test_settings_of_the_keeper_are_an_object(notes: Path, settings: str) -> None:
    assert "it takes a JSON object" in run("keep", notes, "--settings", settings, code=2)


@pytest.mark.parametrize("address", ["7777", ":7777", "host:", "host:port"])
def test_an_address_that_is_none(address: str) -> None:
    assert "HOST:PORT" in run("serve", "--tcp", address, code=2)


def test_no_arguments_shows_the_commands() -> None:
    shown = run(code=2)
    for command in ("index", "related", "search", "status", "check", "doctor", "serve"):
        assert command in shown


def test_forget(notes: Path) -> None:
    run("index", notes)
    folder = index_dir(notes)
    learned = feedback_path(notes)
    write_notes(learned.parent, {learned.name: "{}"})
    assert "To be removed" in run("forget", notes, stdin="n\n", code=1) and folder.exists()
    assert "Removed" in run("forget", notes, stdin="y\n")
    assert not folder.exists() and learned.exists() and (notes / "ferry.md").exists()
    assert "Removed" in run("forget", notes, "--learned", "--yes")
    assert not learned.exists()
    assert "There is no index" in run("forget", notes, "--yes", code=1)
