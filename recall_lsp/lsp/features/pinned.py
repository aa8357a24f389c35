"""recall.pinned: the notes that are kept at hand, by the names that they have now, and how to link to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recall_lsp.lsp.messages import PINNED, Pinned, PinnedParams, PinnedResult
from recall_lsp.lsp.moments import link_to
from recall_lsp.lsp.render import note_uri
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.taught import standing

if TYPE_CHECKING:
    from recall_lsp.index.feedback import Event
    from recall_lsp.index.vault import Vault


async def pinned(session: Session, params: PinnedParams) -> PinnedResult:
    place = session.place(params.uri) if params.uri else None

    def read(served: ServedVault, vault: Vault, event: Event) -> Pinned:
        entry, uri = vault.entry(event.note), note_uri(served.root, event.note)
        if entry is None:  # it has gone, or is not read yet
            return Pinned(event.id, uri, "", "")
        source = place[1] if place is not None and place[0] is served else ""
        return Pinned(event.id, uri, entry.title, link_to(vault, event.note, entry.title, source))

    return PinnedResult(await standing(session, PINNED, lambda vault: vault.feedback.pinned(), read))
