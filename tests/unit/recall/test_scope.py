"""While writing in one folder, the notes of another are never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vaults import found, index, read_vault, write_notes

from recall_lsp.index.vault import Vault

SCOPE: dict[str, Any] = {"scope": [{"writing": "blog/**", "hide": ["journal/**"]}, {"writing": "/x/", "hide": "y.md"}]}
NOTES = {
    "journal/bread.md": "# Dough day\n\nBread and soup at night.",
    "essays/bread.md": "# Dough\n\nBread and soup at noon.",
    "y.md": "Bread and soup in the evening. [[Dough day]]",
}


def vault_of(root: Path, **more: Any) -> Vault:
    index(write_notes(root, NOTES))
    return read_vault(root, **more)


def test_related_keeps_to_the_scope(root: Path) -> None:
    vault = vault_of(root, **SCOPE)
    for buffer, hidden in (
        ("blog/a.md", "journal/bread.md"),
        ("x/a.md", "y.md"),
        ("blog/deep/a.md", "journal/bread.md"),
    ):
        shown = found(vault, "Bread and soup", path=buffer)
        assert sorted(shown) == sorted(set(NOTES) - {hidden})
    for buffer in ("a.md", "journal/new.md", "myblog/a.md", ""):
        assert sorted(found(vault, "Bread and soup", path=buffer)) == sorted(NOTES)


def test_what_is_hidden_takes_no_place_and_lends_no_weight(root: Path) -> None:
    """The hits in a scoped folder are those of a vault that has no other notes."""
    many = {f"journal/{number}.md": f"Bread and soup, soup and bread {number}." for number in range(300)}
    index(write_notes(root, many))
    vault = vault_of(root, **SCOPE)
    assert found(vault, "Bread and soup", path="blog/a.md") == ["essays/bread.md", "y.md"]


def test_names_keep_to_the_scope(root: Path) -> None:
    vault = vault_of(root, **SCOPE)
    for query in ("dough", "", "doug"):
        assert "journal/bread.md" not in {one.path for one in vault.suggest(query, 50, "blog/a.md")}
        assert "journal/bread.md" in {one.path for one in vault.suggest(query, 50, "a.md")}
