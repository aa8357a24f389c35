"""Which model an index uses where the settings leave that to us ("auto"): chosen by the keeper, from the languages."""

from __future__ import annotations

import sqlite3

from recall_lsp.index import multilingual
from recall_lsp.index.catalog import get_meta, set_meta

AUTO = "auto"
MOSTLY_FOREIGN = 0.3
"""The share of notes in a language that the default model does not know, from which the multilingual one is better,"""
STILL_FOREIGN = 0.2
"""and below which the default is again: embedding all anew now and then would be worse than either."""
_KNOWN = "en"
_CHOSEN = "model"


def chosen_model(model: str, catalog: sqlite3.Connection | None) -> str:
    """The model that a setting means: itself, or what the keeper chose."""
    return model if model != AUTO else "default" if catalog is None else str(get_meta(catalog, _CHOSEN, "default"))


def choose_model(model: str, catalog: sqlite3.Connection) -> str:
    """The same for the keeper, which chooses, and remembers what it chose."""
    if model != AUTO:
        return model
    foreign, told = catalog.execute(
        "SELECT coalesce(sum(language != ?), 0), count(*) FROM notes WHERE language != ''", (_KNOWN,)
    ).fetchone()
    before = chosen_model(AUTO, catalog)
    least = STILL_FOREIGN if before == multilingual.NAME else MOSTLY_FOREIGN
    after = multilingual.NAME if multilingual.is_installed() and foreign > least * max(told, 1) else "default"
    if after != before:
        set_meta(catalog, _CHOSEN, after)
    return after
