"""What was learned, on disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from vaults import index, write_notes

from recall_lsp.index import catalog as cat
from recall_lsp.index.places import index_dir
from recall_lsp.index.retune import Retuning, is_due
from recall_lsp.index.tuned import UNTUNED, Tuned, mark_tried, read_tuned, remove_tuned, tuned_path, write_tuned

TUNED = Tuned({"cosine": 1.5}, np.eye(3, dtype=np.float32), "tiny-1", {"ndcg_after": 0.5})


def test_what_is_written_is_read(root: Path) -> None:
    path = tuned_path(root)
    write_tuned(path, TUNED)
    read = read_tuned(path)
    assert (read.rank, read.model_id, read.story, read.problem) == ({"cosine": 1.5}, "tiny-1", TUNED.story, "")
    assert read.turn is not None and (read.turn == np.eye(3)).all()
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_map_that_is_replaced_goes(root: Path) -> None:
    path = tuned_path(root)
    write_tuned(path, TUNED)
    write_tuned(path, Tuned({"cosine": 1.0}, 2 * np.eye(3, dtype=np.float32), "tiny-1"))
    assert len(list(path.parent.iterdir())) == 2
    assert remove_tuned(path) and not list(path.parent.iterdir())
    assert not remove_tuned(path)
    assert read_tuned(path) is UNTUNED
    mark_tried(path)
    assert not path.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"rank": 3}', '{"rank": {"a": "x"}, "turn": ""}', "\0"])
def test_a_broken_file_is_told(root: Path, content: str) -> None:
    path = tuned_path(root)
    write_tuned(path, TUNED)
    path.write_text(content)
    assert "recall-lsp tune" in read_tuned(path).problem
    assert not read_tuned(path).rank


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"x" * 100])
def test_a_broken_map_is_told(root: Path, content: bytes) -> None:
    path = tuned_path(root)
    write_tuned(path, TUNED)
    (turn,) = path.parent.glob("*.npy")
    turn.write_bytes(content)
    assert "recall-lsp tune" in read_tuned(path).problem
    turn.unlink()
    assert "recall-lsp tune" in read_tuned(path).problem


def test_a_map_turns_only_vectors_of_its_model() -> None:
    turn = Tuned({}, np.array([[0, -2], [2, 0]], np.float32), "tiny-1")
    east = np.array([1, 0], np.float32)
    assert turn.turned(east, "other") is east
    assert turn.turned(None, "tiny-1") is None
    turned = turn.turned(east, "tiny-1")
    assert turned is not None and turned.tolist() == [0, 1]


def test_tuning_again_is_due_when_much_was_written_since(root: Path) -> None:
    index(write_notes(root, {f"{at}.md": "Bread." for at in range(30)}))
    catalog = open_catalog(root)
    assert not is_due(catalog, root)
    write_tuned(tuned_path(root), TUNED)
    assert not is_due(catalog, root)
    index(write_notes(root, {f"{at}.md": "Soup instead." for at in range(19)}))
    assert not is_due(catalog, root)
    index(write_notes(root, {"19.md": "Soup instead.", "20.md": "Soup."}))
    assert is_due(catalog, root)
    mark_tried(tuned_path(root))
    assert not is_due(catalog, root)
    catalog.close()


def open_catalog(root: Path) -> sqlite3.Connection:
    return cat.open_catalog(index_dir(root) / "catalog.db", write=False)


def test_tuning_runs_again_in_a_pause_and_ends_with_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index(write_notes(root, {f"{at}.md": "Bread." for at in range(30)}))
    write_tuned(tuned_path(root), TUNED)
    index(write_notes(root, {f"{at}.md": "Soup instead." for at in range(30)}))
    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **_: object) -> None:
            started.append(command)
            self.ended = False

        def terminate(self) -> None:
            self.ended = True

        def wait(self) -> None:
            assert self.ended

    monkeypatch.setattr("recall_lsp.index.retune.subprocess.Popen", Process)
    catalog = open_catalog(root)
    retuning = Retuning(root, {"model": "none"})
    retuning.pause(catalog)
    assert not started
    monkeypatch.setattr("recall_lsp.index.retune.LONG_PAUSE", -1.0)
    retuning.pause(catalog)
    retuning.pause(catalog)
    assert [command[4:6] for command in started] == [["tune", str(root)]]
    retuning.stop()
    retuning.pause(catalog)
    assert len(started) == 2
    catalog.close()
