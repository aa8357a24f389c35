"""What a rule excludes leaves every file of the index: looked for in the bytes."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vaults import (
    Event,
    Keeper,
    eventually,
    follow,
    index,
    paths,
    problems,
    read_vault,
    recall,
    vectors_made,
    write_notes,
)

from recall_lsp.index.keep import ForgottenError, keep
from recall_lsp.index.lexical import Lexical
from recall_lsp.index.places import index_dir
from recall_lsp.index.purge import forget
from recall_lsp.index.rows import text_hash
from recall_lsp.index.vault import Vault
from recall_lsp.index.watch import Settled

CANARY = "zyxwvut"
NOTES = {
    "bread.md": "Bread and soup at night.",
    "river.md": "The river road to the island.",
    "secret/diary.md": f"---\naliases: [{CANARY}-alias]\ntags: [{CANARY}-tag, diary/old]\n---\n# {CANARY} heading\n\n"
    f"The {CANARY} flew.",
}
MARKDOWN = f"The {CANARY} flew."
TEXT = f"{CANARY} heading\n{MARKDOWN}"
RULES: list[tuple[dict[str, str], str]] = [
    ({".recallignore": "secret/\n"}, ""),
    ({"secret/.recallignore": "*\n"}, ""),
    ({"recall.toml": 'exclude = ["secret/"]\n'}, ""),
    ({"recall.toml": 'include = ["/*.md"]\n'}, ""),
    ({"recall.toml": 'private_tags = ["#Diary"]\n'}, "private: tagged"),
    ({"recall.toml": "max_bytes = 1000\n", "secret/diary.md": "x" * 1001}, "is over the limit"),
    ({"secret/diary.md": f"---\nrecall: false\n---\n{MARKDOWN}"}, "private: its property"),
    ({"secret/diary.md": f"---\nrecall: no\na: [\n---\n{MARKDOWN}"}, "private: its property"),
    ({"secret/diary.md": f"recall:: false\n\n- {MARKDOWN}"}, "private: its property"),
    ({"secret/diary.md": f"- {MARKDOWN}\n  recall:: false"}, "private: its property"),
]


def contents(folder: Path) -> dict[str, bytes]:
    """Each file's bytes, read by another process: a file of SQLite's that this one opens and closes loses the locks
    that this one's own connections hold on it (sqlite.org/howtocorrupt.html, 2.2), and the keeper would write past
    them.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert len(files) >= 4
    reading = [
        subprocess.Popen(["cat", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for path in files.values()
    ]
    return dict(zip(files, (process.communicate()[0] for process in reading), strict=True))


def files_with(word: str, folder: Path) -> list[str]:
    """Files of the index that hold the word anywhere."""
    return [name for name, content in contents(folder).items() if word.encode() in content.lower()]


def vectors_of(folder: Path, text: str) -> list[Any]:
    found: list[Any] = []
    for path in folder.glob("vectors-*.db"):
        connection = sqlite3.connect(path)
        found += connection.execute("SELECT vector FROM vectors WHERE hash = ?", (text_hash(text),)).fetchall()
        connection.close()
    return found


def in_segments(root: Path) -> bool:
    """Whether the word stands in Tantivy's files: there, its frequency counts deleted notes too."""
    try:
        return Lexical(index_dir(root) / "lexical").idf[CANARY] > 0
    except (OSError, ValueError):
        return True  # being made anew: not known yet


def told(vault: Vault) -> list[str]:
    """Paths of the hits that show the word."""
    return [hit.path for hit in recall(vault, CANARY) if CANARY in hit.passage]


def is_gone(root: Path, vector: bytes) -> bool:
    """From every file of the index: the words, the vector's row and the vector's bytes."""
    folder = index_dir(root)
    if files_with(CANARY, folder) or vectors_of(folder, TEXT) or in_segments(root):
        return False
    return not any(vector in content for content in contents(folder).values())


@pytest.fixture
def vault(root: Path, tiny: str) -> Iterator[Vault]:
    """A reader that stays open, as a server does."""
    index(write_notes(root, NOTES), model=tiny)
    assert "catalog.db" in files_with(CANARY, index_dir(root)) and in_segments(root)
    vault = read_vault(root, model=tiny)
    assert told(vault) == ["secret/diary.md"]
    yield vault
    vault.close()


def the_vector(root: Path) -> bytes:
    [(vector,)] = vectors_of(index_dir(root), TEXT)
    assert len(set(vector)) > 3
    return bytes(vector)


@pytest.mark.parametrize(("rule", "reason"), RULES)
def test_an_excluded_note_leaves_every_file(
    root: Path, vault: Vault, tiny: str, rule: dict[str, str], reason: str
) -> None:
    vector = the_vector(root)
    before = {path: (root / path).read_bytes() if (root / path).exists() else None for path in rule}
    index(write_notes(root, rule), model=tiny)
    assert paths(follow(vault)) == ["bread.md", "river.md"]
    assert told(vault) == [] and vault.matrix is not None and len(vault.matrix) == 2
    assert is_gone(root, vector)
    skipped = dict(vault.status().skipped)
    assert reason in skipped.get("secret/diary.md", "")
    for path, content in before.items():
        if content is None:
            (root / path).unlink()
        else:
            (root / path).write_bytes(content)
    index(root, model=tiny)
    assert told(follow(vault)) == ["secret/diary.md"], "and back"
    assert vault.matrix is not None and len(vault.matrix) == 3


def test_a_note_that_is_deleted_keeps_its_vector_for_its_return(root: Path, vault: Vault, tiny: str) -> None:
    made = vectors_made(root)
    (root / "secret" / "diary.md").rename(root.parent / "away.md")
    index(root, model=tiny)
    assert paths(follow(vault)) == ["bread.md", "river.md"]
    (root.parent / "away.md").rename(root / "back.md")
    index(root, model=tiny)
    assert told(follow(vault)) == ["back.md"] and vectors_made(root) == made


def test_a_running_keeper_takes_a_rule_at_once_and_back(root: Path, tiny: str) -> None:
    with Keeper(write_notes(root, NOTES), model=tiny) as keeper:
        keeper.ready()
        vault, vector = read_vault(root, model=tiny), the_vector(root)
        write_notes(root, {"secret/.recallignore": "diary.md\n"})
        eventually(lambda: paths(follow(vault)) == ["bread.md", "river.md"], "excluded")
        eventually(lambda: is_gone(root, vector), "purged")
        write_notes(root, {"secret/.recallignore": ""})
        eventually(lambda: told(follow(vault)) == ["secret/diary.md"], "taken in again")
        eventually(lambda: vault.refresh() or len(vault.matrix or ()) == 3, "embedded again")


def test_a_broken_recall_toml_exposes_nothing(root: Path) -> None:
    with Keeper(write_notes(root, NOTES | {"recall.toml": 'exclude = ["secret/"]\n'})) as keeper:
        keeper.ready()
        vault = read_vault(root)
        write_notes(root, {"recall.toml": 'exclude = ["secret/"\n', "new.md": "New."})
        eventually(lambda: "new.md" in paths(follow(vault)), "it goes on")
        assert "cannot be used" in problems(keeper.events) and "secret/diary.md" not in paths(vault)
    write_notes(root, {"newer.md": "Newer."})
    with Keeper(root) as keeper:
        keeper.ready()
        assert "Nothing is read until it is mended" in problems(keeper.events)
        assert paths(follow(vault)) == ["bread.md", "new.md", "river.md"]
        write_notes(root, {"recall.toml": ""})
        eventually(lambda: "secret/diary.md" in paths(follow(vault)), "mended")


def test_a_purge_that_was_cut_off_is_done_at_the_next_start(
    root: Path, vault: Vault, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = the_vector(root)
    write_notes(root, {".recallignore": "secret/\n"})
    with monkeypatch.context() as patch:
        patch.setattr("recall_lsp.index.keep.purge", lambda *_: None)
        index(root, model=tiny)
    assert paths(follow(vault)) == ["bread.md", "river.md"] and not is_gone(root, vector)
    index(root, model=tiny)
    assert is_gone(root, vector)


def test_forget_removes_all(root: Path, vault: Vault) -> None:
    folder = index_dir(root)
    assert forget(root) and not folder.exists() and list(folder.parent.iterdir()) == []
    assert paths(follow(vault)) == [] and vault.status().notes == 0
    assert not forget(root)


def test_a_keeper_whose_index_is_forgotten_ends_and_writes_nothing(root: Path, tiny: str) -> None:
    write_notes(root, NOTES | {f"{number}.md": f"Book number {number} and the river." for number in range(300)})
    for moment in ("progress", "ready"):
        with Keeper(root, model=tiny) as keeper, Keeper(root, model=tiny) as waiting:
            eventually(lambda: "waiting" in {event["event"] for event in keeper.events + waiting.events}, "the lock")
            kept = next(one for one in (keeper, waiting) if all(event["event"] != "waiting" for event in one.events))
            kept.wait_for(moment)
            assert forget(root)
            assert {keeper.process.wait(40), waiting.process.wait(40)} == {2}, "2: not to be started again"
            for one in (keeper, waiting):
                one._reader.join()
                assert "was removed" in problems(one.events)
                assert one.errors() == ""
        assert not index_dir(root).exists()

    def forgetting(_: Event) -> None:
        forget(root)

    with pytest.raises(ForgottenError):
        keep(root, {"model": "none"}, forgetting, Settled(), threading.Event(), once=True)
    assert not index_dir(root).exists()
