"""Which notes some words name, while notes change and go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vaults import indexed

from recall_lsp.index.namings import Namings


def test_names_follow_the_notes(root: Path) -> None:
    notes: dict[str, str | bytes] = {f"Note {number}.md": "Text." for number in range(200)}
    notes["Bread oven.md"] = "---\naliases: [clay oven]\n---\nHot.\n\n## Bread oven\n\n## Firing it\n\nSlow."
    notes["sub/bread ovens.md"] = "Another."
    entries = dict(indexed(root, notes).entries)
    oven = next(entry for entry in entries.values() if entry.path == "Bread oven.md")
    namings = Namings()
    namings.follow(entries, "en", 1)
    assert namings.waiting
    while namings.waiting:
        namings.follow(entries, "en", 1)

    def named(*stems: str) -> list[tuple[str, str]]:
        return [(entries[one.note].path, one.kind) for one in namings.named(stems)]

    assert sorted(named("bread", "oven")) == [("Bread oven.md", "title"), ("sub/bread ovens.md", "title")]
    assert named("clay", "oven") == [("Bread oven.md", "alias")]
    assert named("fire", "it") == [("Bread oven.md", "heading")]
    assert named("oven") == []
    entries[oven.id] = replace(oven, aliases=("kiln",))
    namings.follow(entries, "en", 2)
    assert (named("clay", "oven"), named("kiln")) == ([], [("Bread oven.md", "alias")])
    del entries[oven.id]
    namings.follow(entries, "en", 3)
    assert (named("kiln"), named("bread", "oven")) == ([], [("sub/bread ovens.md", "title")])
