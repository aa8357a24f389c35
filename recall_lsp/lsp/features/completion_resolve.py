"""completionItem/resolve: the card of the item under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lsprotocol import types

from recall_lsp.lsp.render import content, hit_card, markup_for, preview_card
from recall_lsp.lsp.session import Session


async def resolve(session: Session, item: types.CompletionItem) -> types.CompletionItem:
    """An item that is not ours, or whose note has gone, comes back as it is."""
    data: Mapping[str, Any] = item.data if isinstance(item.data, Mapping) else {}
    path, heading = str(data.get("path", "")), str(data.get("heading", ""))
    served = next((vault for vault in session.vaults if str(vault.root) == data.get("folder")), None)
    if served is None or not path:
        return item
    markup, today = markup_for(session.client.markdown_documentation), date.today()
    hit = served.offered.get(path) if not heading else None
    if hit is not None:
        item.documentation = content(hit_card(hit, served.root, today, markup), markup)
        return item
    key = (types.COMPLETION_ITEM_RESOLVE, path, heading)
    preview = await served.ask(key, lambda vault: vault.preview(path, heading), None)
    if preview is not None:
        item.documentation = content(preview_card(preview, served.root, today, markup), markup)
    return item


def item_data(root: Path, path: str, heading: str | None = None) -> dict[str, str]:
    """What an item carries so that it can be resolved."""
    return {"folder": str(root), "path": path} | ({"heading": heading} if heading else {})
