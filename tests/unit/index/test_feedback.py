"""What the user taught: appended by any number of processes, never lost, never trusted blindly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recall_lsp.index.feedback import Feedback, feedback_path

WRITER = """
import sys
from pathlib import Path
from recall_lsp.index.feedback import Feedback
feedback = Feedback(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    feedback.record("dismissed", f"{sys.argv[3]}-{number}.md", "now.md")
    print(number, flush=True)
"""


def writer(root: Path, count: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(root), str(count), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


def test_what_is_dismissed_is_hidden_there_and_what_is_never_to_be_shown_everywhere(root: Path) -> None:
    feedback = Feedback(root)
    assert feedback.hidden("now.md") == frozenset()
    feedback.record("dismissed", "a.md", "now.md")
    feedback.record("never", "b.md")
    feedback.record("accepted", "c.md", "now.md", how="link")
    assert feedback.hidden("now.md") == {"a.md", "b.md"}
    assert feedback.hidden("other.md") == {"b.md"}
    assert Feedback(root).hidden("now.md") == {"a.md", "b.md"}


def test_undo_takes_back_the_newest_or_the_one_named(root: Path) -> None:
    feedback = Feedback(root)
    first = feedback.record("dismissed", "a.md", "now.md")
    feedback.record("never", "b.md")
    feedback.record("accepted", "c.md", "now.md")
    assert [event.note for event in feedback.standing()] == ["b.md", "a.md"]
    undone = feedback.undo()
    assert undone is not None and undone.note == "b.md"
    assert feedback.hidden("now.md") == {"a.md"}
    assert feedback.undo(first.id) == first
    assert feedback.undo(first.id) is None and feedback.undo() is None
    assert Feedback(root).hidden("now.md") == frozenset()


def test_what_was_taught_goes_with_a_note_that_moves(root: Path) -> None:
    feedback = Feedback(root)
    first = feedback.record("dismissed", "a.md", "now.md")
    feedback.record("never", "sub/b.md")
    feedback.record("pinned", "sub/deep/c.md")
    feedback.record("dismissed", "subject.md", "now.md")
    feedback.move("a.md", "sub/a.md")
    feedback.move("now.md", "then.md")
    feedback.move("sub", "other")  # a folder
    feedback.record("dismissed", "a.md", "then.md")  # another note, of the name that has become free
    for one in (feedback, Feedback(root)):
        assert one.hidden("then.md") == {"other/a.md", "other/b.md", "subject.md", "a.md"}
        assert one.hidden("now.md") == {"other/b.md"}
        assert [event.note for event in one.pinned()] == ["other/deep/c.md"]
    assert feedback.undo(first.id) is not None
    assert Feedback(root).hidden("then.md") == {"other/b.md", "subject.md", "a.md"}


def test_a_move_of_what_nothing_was_taught_of_is_not_written(root: Path) -> None:
    feedback = Feedback(root)
    feedback.move("a.md", "b.md")
    assert not feedback_path(root).exists()
    feedback.record("never", "sub/a.md")
    size = feedback_path(root).stat().st_size
    feedback.move("su", "x")
    feedback.move("sub/a.md", "sub/a.md")
    assert feedback_path(root).stat().st_size == size
    assert feedback.concerns("sub") and feedback.concerns("sub/a.md") and not feedback.concerns("sub/b.md")


def test_a_pin_is_let_go_by_its_id_only(root: Path) -> None:
    feedback = Feedback(root)
    pin = feedback.record("pinned", "a.md")
    assert feedback.undo() is None and feedback.hidden("now.md") == frozenset()
    assert feedback.undo(pin.id) == pin and Feedback(root).pinned() == []


def test_the_same_vault_by_another_path_and_another_vault(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    Feedback(root).record("never", "a.md")
    assert Feedback(link).hidden("") == {"a.md"}
    assert Feedback(tmp_path / "elsewhere").hidden("") == frozenset()


def test_the_file_is_the_users_alone(root: Path) -> None:
    os.umask(0o022)
    Feedback(root).record("never", "a.md")
    assert feedback_path(root).stat().st_mode & 0o777 == 0o600
    assert feedback_path(root).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "line",
    [
        *(b"{", b"[]", b'"never"', b"\xff\xfe", b"{}", b'{"id":"1","kind":"undone"}', b'{"id":"1","kind":"never"}'),
        *(b'{"id":"1","kind":"new","note":"a"}', b'{"id":"1","kind":"dismissed","note":"a.md"}'),
        b'{"kind":"never","note":"a.md"}',
    ],
)
def test_a_line_that_tells_nothing_is_skipped(root: Path, line: bytes) -> None:
    Feedback(root).record("never", "before.md")
    with feedback_path(root).open("ab") as file:
        file.write(line + b"\n")
    Feedback(root).record("never", "after.md")
    assert Feedback(root).hidden("now.md") == {"before.md", "after.md"}


def test_a_line_broken_off_by_a_kill_does_not_swallow_the_next(root: Path) -> None:
    feedback = Feedback(root)
    feedback.record("never", "before.md")
    whole = feedback_path(root).read_bytes()
    with feedback_path(root).open("ab") as file:
        file.write(whole[:30])
    assert feedback.hidden("") == {"before.md"}
    feedback.record("never", "after.md")
    assert feedback.hidden("") == Feedback(root).hidden("") == {"before.md", "after.md"}


def test_a_file_restored_removed_or_edited_is_read_anew(root: Path) -> None:
    feedback = Feedback(root)
    feedback.record("never", "a.md")
    feedback.record("never", "b.md")
    assert feedback.hidden("") == {"a.md", "b.md"}
    path = feedback_path(root)
    kept = path.read_text().splitlines()[0] + "\n"
    path.unlink()
    assert feedback.hidden("") == frozenset()
    path.write_text(kept)
    assert feedback.hidden("") == {"a.md"}


def test_several_processes_append_and_follow(root: Path) -> None:
    follower = Feedback(root)
    writers = [writer(root, 40, name) for name in ("x", "y", "z")]
    for process in writers:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert follower.hidden("now.md") == {f"{name}-{number}.md" for name in ("x", "y", "z") for number in range(40)}
    lines = feedback_path(root).read_text().splitlines()
    assert len(lines) == 120 and all(json.loads(line)["kind"] == "dismissed" for line in lines)


def test_what_was_recorded_survives_a_kill(root: Path) -> None:
    process = writer(root, 100_000, "x")
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert {f"x-{number}.md" for number in told} <= Feedback(root).hidden("now.md")
    Feedback(root).record("never", "after.md")
    assert "after.md" in Feedback(root).hidden("now.md")
