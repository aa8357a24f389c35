"""Open notes count as their buffers have them, whatever the index holds of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from vaults import indexed

from recall_lsp.config import Options, Scope
from recall_lsp.index.vault import Vault, open_vault
from recall_lsp.recall.continuation import likely, search

SHED = "Lock the shed, then feed the hens."
NOTES: dict[str, str | bytes] = {
    "farm.md": f"# Farm\n\n{SHED}\n\nThe kettle on the landing belongs to nobody.\n",
    "town.md": "# Town\n\nNothing of that.\n",
}
TYPED = "Lock the shed, then "


def offered(vault: Vault, buffers: dict[str, str], typed: str = TYPED, path: str = "town.md") -> list[str]:
    """All offers that no longer one begins with."""
    found = [one.text for one in likely(search(vault, path, typed, len(typed), "en", buffers), 0)]
    return sorted(one for one in found if not any(other != one and other.startswith(one) for other in found))


@pytest.fixture
def vault(root: Path) -> Vault:
    return indexed(root, dict(NOTES))


def farm(text: str) -> dict[str, str]:
    return {"farm.md": str(NOTES["farm.md"]).replace(SHED, text)}


def test_what_is_typed_counts_at_once_and_what_is_erased_no_more(vault: Vault) -> None:
    assert offered(vault, {}) == ["feed the hens."]
    assert offered(vault, farm(SHED)) == ["feed the hens."]
    assert offered(vault, farm("Lock the shed, then wake the dog.")) == ["wake the dog."]
    assert offered(vault, farm("Lock the gate.")) == []
    assert "belongs to nobody." in offered(vault, farm("Lock the gate."), "The kettle on the landing ")


def test_a_buffer_quotes_its_own_markup(vault: Vault) -> None:
    assert offered(vault, farm("Lock the shed, then wake [the dog](dog.md).")) == ["wake [the dog](dog.md)."]


def test_two_buffers_at_once(vault: Vault) -> None:
    both = farm("Lock the shed, then wake the dog.") | {"town.md": "Lock the shed, then light the lamps."}
    assert offered(vault, both, path="now.md") == ["light the lamps.", "wake the dog."]


def test_the_note_itself_counts_above_the_cursor_only(vault: Vault) -> None:
    here = {"town.md": f"{TYPED}\n\nLock the shed, then light the lamps."}
    assert offered(vault, here | farm("Lock the gate.")) == []


@pytest.mark.parametrize("head", ["---\nrecall: false\n---\n", "---\ntags: [diary]\n---\n"])
def test_what_has_become_private_is_not_offered(root: Path, head: str) -> None:
    indexed(root, dict(NOTES)).close()
    vault = open_vault(root, Options(model="none", private_tags=("diary",)))
    while vault.refresh():
        pass
    assert offered(vault, {}) == ["feed the hens."]
    assert offered(vault, {"farm.md": f"{head}{NOTES['farm.md']!s}"}) == []


def test_notes_that_the_settings_leave_out_or_hide(root: Path) -> None:
    indexed(root, dict(NOTES)).close()
    vault = open_vault(root, Options(model="none", scope=(Scope(writing=("town.md",), hide=("farm.md",)),)))
    while vault.refresh():
        pass
    changed = farm("Lock the shed, then wake the dog.")
    assert offered(vault, changed) == []
    assert offered(vault, changed, path="now.md") == ["wake the dog."]
    assert offered(vault, {"private/diary.md": "Lock the shed, then count the money."}) == []


def test_the_index_takes_over(root: Path) -> None:
    vault = indexed(root, dict(NOTES))
    changed = farm("Lock the shed, then wake the dog.")
    assert offered(vault, changed) == ["wake the dog."]
    (root / "farm.md").write_text(changed["farm.md"])
    indexed(root, {}).close()
    while vault.refresh():
        pass
    assert offered(vault, {}) == offered(vault, changed) == ["wake the dog."]
