from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from vaults import indexed

from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.query import make_query
from recall_lsp.recall.retrieve import retrieve

NOTES = {
    "hub.md": "[[ferry]] and [[harbour]] and [[island]]",
    "ferry.md": "---\ntags: [boats]\n---\nThe ferry crossed at night.",
    "harbour.md": "---\ntags: [boats, towns]\n---\nStones and ropes. [[island]]",
    "island.md": "Sheep, mostly.",
    "sub/apart.md": "Something else entirely about glaciers.",
}


@pytest.fixture
def vault(root: Path) -> Vault:
    return indexed(root, NOTES)


def rows(vault: Vault, text: str, path: str = "buffer.md") -> dict[str, dict[str, float]]:
    moment = moment_at(read_text(path, text), text, len(text))
    candidates = retrieve(vault, moment, make_query(vault, moment))
    assert np.isfinite(candidates.features).all()
    names = [vault.entries[int(note)].path for note in candidates.notes]
    table = candidates.features.tolist()
    return {name: dict(zip(FEATURES, row, strict=True)) for name, row in zip(names, table, strict=True)}


def test_words_find_and_the_own_note_is_none(vault: Vault) -> None:
    assert rows(vault, "A ferry at night.")["ferry.md"]["bm25_note"] == 1.0
    assert "ferry.md" not in rows(vault, "A ferry at night.", "ferry.md")
    assert "sub/apart.md" not in rows(vault, "A ferry at night.")


def test_titles_count(vault: Vault) -> None:
    found = rows(vault, "The harbour, the ropes, and a ferry")
    assert found["harbour.md"]["title_covered"] == 1.0
    assert found["harbour.md"]["title_weight"] > 0


def test_links_of_the_buffer_lead_to_neighbours(vault: Vault) -> None:
    found = rows(vault, "Unheard words, but [[harbour]].")
    assert found["harbour.md"]["linked"] == 1.0
    assert found["island.md"]["two_steps"] > 0, "what a linked note links to"
    assert found["island.md"]["co_cited"] > 0, "what is cited beside it"
    assert found["ferry.md"]["co_cited"] > 0 == found["ferry.md"]["linked"]


def test_links_on_disk_do_not_count_for_the_note_being_written(vault: Vault) -> None:
    found = rows(vault, "Ropes and sheep, without a link.", "harbour.md")
    assert found["island.md"]["linked"] == found["island.md"]["two_steps"] == 0
    linked = rows(vault, "Ropes and sheep, with a link. [[island]]", "harbour.md")
    assert linked["island.md"]["linked"] == 1.0


def test_who_links_here(vault: Vault) -> None:
    found = rows(vault, "The ferry and the hub.", "island.md")
    assert found["hub.md"]["links_here"] == found["harbour.md"]["links_here"] == 1.0
    assert found["ferry.md"]["links_here"] == 0.0


def test_traits(vault: Vault) -> None:
    found = rows(vault, "---\ntags: [boats]\n---\nferry, ropes, glaciers", "sub/new.md")
    assert (found["ferry.md"]["same_tags"], found["harbour.md"]["same_tags"]) == (1.0, 0.5)
    assert (found["sub/apart.md"]["same_folder"], found["ferry.md"]["same_folder"]) == (1.0, 0.0)


def test_candidates_are_bounded(root: Path) -> None:
    links = " ".join(f"[[{number}]]" for number in range(700))
    vault = indexed(root, {f"{number}.md": f"River {links if number < 9 else ''}" for number in range(700)})
    assert 100 <= len(rows(vault, f"A river. {links}")) <= 450


def test_features_lie_in_a_known_range(vault: Vault, root: Path, tiny: str) -> None:
    with_model = indexed(root, NOTES, model=tiny)
    for row in rows(with_model, "The night train and the river [[harbour]]").values():
        assert all(-3 <= value <= 3 for value in row.values()), row
