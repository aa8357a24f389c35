"""Tuning to the owner, on a vault whose links have a habit that the defaults do not know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vaults import NONSENSE, crossed_notes, found, indexed

from recall_lsp.index.tuned import UNTUNED, remove_tuned, tuned_path, write_tuned
from recall_lsp.index.vault import Vault
from recall_lsp.recall.features import FEATURES
from recall_lsp.recall.learn import chance_of_gain
from recall_lsp.recall.rank import default_weights, unfit, units_mark, weights_of
from recall_lsp.recall.tune import Tuning, halves, tune


def tuned(vault: Vault) -> Tuning:
    learn, held = halves(vault)
    assert min(len(learn), len(held)) >= 30
    return tune(vault, default_weights(), learn, held, lambda: None)


def test_a_habit_is_learned_and_used_at_once(root: Path) -> None:
    vault = indexed(root, notes := crossed_notes(50))
    text = str(notes["left/day 3.md"]).partition("[[")[0]
    assert found(vault, text, path="left/day 3.md")[0] == f"left/on {NONSENSE[3]}.md"
    before = weights_of(vault)
    tuning = tuned(vault)
    assert tuning.sure and chance_of_gain(tuning.before, tuning.after) == 1.0
    assert vault.tuned is UNTUNED and weights_of(vault) is before

    write_tuned(tuned_path(root), tuning.tuned)
    vault.refresh()  # as before each request
    assert found(vault, text, path="left/day 3.md")[0] == f"right/on {NONSENSE[3]}.md"

    remove_tuned(tuned_path(root))
    vault.refresh()
    assert found(vault, text, path="left/day 3.md")[0] == f"left/on {NONSENSE[3]}.md"


def test_what_does_not_fit_is_not_used_and_told(root: Path) -> None:
    vault = indexed(root, crossed_notes(2))
    rank = dict.fromkeys(("a feature of old",), 1.0)
    write_tuned(tuned_path(root), replace(UNTUNED, rank=rank))
    vault.refresh()
    assert "tune` on it again" in unfit(vault.tuned, vault.model_id)
    assert weights_of(vault) is default_weights()
    own = dict.fromkeys(FEATURES, 1.0)
    for beside, used in ((units_mark(default_weights()), True), (1, False)):
        write_tuned(tuned_path(root), replace(UNTUNED, rank=own, story={"beside": beside}))
        vault.refresh()
        assert (weights_of(vault) is not default_weights()) is used
    tuned_path(root).write_text("not JSON")
    vault.refresh()
    assert "cannot be read" in unfit(vault.tuned, vault.model_id)
    assert weights_of(vault) is default_weights()
    assert found(vault, f"the {NONSENSE[0]} again")
