"""A note renamed outside the editor is known again by what it holds, and keeps what was taught of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from vaults import index, indexed, write_notes

from recall_lsp.index.feedback import Feedback, feedback_path

BREAD = "# Bread\n\nFlour, water and salt.\n\n## Oven\n\nHot as it will go.\n\n## Crust\n\nSteam makes it thin.\n"
NOTES = {"bread.md": BREAD, "sub/river.md": "The river road to the island.", "now.md": "What I write now."}
Change = Callable[[Path], None]


def rename(root: Path) -> None:
    (root / "bread.md").rename(root / "loaf.md")


def rename_and_edit(root: Path) -> None:
    rename(root)
    write_notes(root, {"loaf.md": BREAD.replace("# Bread", "# Loaf", 1).replace("Hot as it will go.", "Not too hot.")})


def rename_beside_a_copy_in_part(root: Path) -> None:
    rename(root)
    write_notes(root, {"excerpt.md": "## Oven\n\nHot as it will go.\n"})


def copy_then_remove(root: Path) -> None:
    write_notes(root, {"loaf.md": BREAD})
    index(root)
    (root / "bread.md").unlink()


@pytest.mark.parametrize("change", [rename, rename_and_edit, rename_beside_a_copy_in_part, copy_then_remove])
def test_a_note_that_moved_keeps_what_was_taught(root: Path, change: Change) -> None:
    indexed(root, NOTES)
    Feedback(root).record("never", "bread.md")
    Feedback(root).record("dismissed", "sub/river.md", "bread.md")
    change(root)
    index(root)
    taught = Feedback(root)
    assert taught.hidden("loaf.md") == {"loaf.md", "sub/river.md"}
    assert taught.hidden("bread.md") == {"loaf.md"}


def test_a_folder_that_moved(root: Path) -> None:
    indexed(root, NOTES)
    Feedback(root).record("dismissed", "sub/river.md", "now.md")
    (root / "sub").rename(root / "other")
    index(root)
    assert Feedback(root).hidden("now.md") == {"other/river.md"}


def merge(root: Path) -> None:
    delete(root)
    write_notes(root, {"now.md": NOTES["now.md"] + "\n\n" + BREAD})


def delete(root: Path) -> None:
    (root / "bread.md").unlink()


def replace_by_another(root: Path) -> None:
    delete(root)
    write_notes(root, {"cake.md": "# Cake\n\nEggs and sugar.\n\n## Oven\n\nHot as it will go.\n"})


@pytest.mark.parametrize("change", [delete, merge, replace_by_another])
def test_a_note_that_went_leaves_nothing_to_another(root: Path, change: Change) -> None:
    indexed(root, NOTES)
    Feedback(root).record("never", "bread.md")
    change(root)
    index(root)
    assert Feedback(root).hidden("now.md") == {"bread.md"}
    assert "moved" not in feedback_path(root).read_text()
