"""`recall-lsp graph`, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner
from vaults import write_notes

from recall_lsp.cli import app

NOTES = {
    "recall.toml": 'model = "none"\n',
    "a.md": "# A & b\n\n[[b]] [[c]] #x\n",
    "b.md": "[[c]] #x #y\n",
    "c.md": "words\n",
    "alone.md": "words too\n",
}


def graph(root: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["graph", str(root), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_graph_as_json(root: Path) -> None:
    told = json.loads(graph(write_notes(root, NOTES)))
    assert {"path": "a.md", "title": "A & b"} in told["notes"]
    assert [(one["from"], one["to"]) for one in told["links"]] == [("a.md", "b.md"), ("a.md", "c.md"), ("b.md", "c.md")]
    near = json.loads(graph(root, "--note", "b.md"))
    assert [one["path"] for one in near["notes"]] == ["a.md", "b.md", "c.md"]


def test_a_neighbourhood_as_a_picture(root: Path) -> None:
    drawn = ElementTree.fromstring(graph(write_notes(root, NOTES), "--what", "svg", "--note", "A & b"))
    named = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(str(name) for name in named) == ["A & b", "b", "c"]
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}line"))) == 3


@pytest.mark.parametrize(
    ("what", "expected"), [("tags", "2\tx\n1\ty\n"), ("orphans", "alone.md\n"), ("most-linked", "2\tc.md\n1\tb.md\n")]
)
def test_lists(root: Path, what: str, expected: str) -> None:
    assert graph(write_notes(root, NOTES), "--what", what) == expected


def test_what_is_wrong_is_said(root: Path) -> None:
    write_notes(root, NOTES)
    done = CliRunner().invoke(app, ["graph", str(root), "--what", "svg", "--note", "nowhere"])
    assert done.exit_code == 2 and "No note is at 'nowhere'" in done.output
    assert CliRunner().invoke(app, ["graph", str(root), "--what", "pie"]).exit_code == 2
