"""The recall.daily command: opens the note of a day, creating it by the client where there is none yet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from recall_lsp.lsp.messages import DAILY, DailyParams
from recall_lsp.lsp.navigation import Places, ask_vault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.workspace_edit import workspace_edit

if TYPE_CHECKING:
    from recall_lsp.links.notebook import Notebook

Found = tuple[str, types.WorkspaceEdit | None] | None


async def daily(session: Session, params: DailyParams) -> dict[str, str] | None:
    """The note's URI; None where no folder is served."""
    place = session.place(params.uri or "untitled:")
    if place is None:
        return None
    served, today = place[0], date.today()

    def find(notebook: Notebook, places: Places) -> Found:
        from recall_lsp.links.daily import daily_path, daily_text, day_meant
        from recall_lsp.links.edits import Plan

        day = day_meant(params.when, today)
        if day is None:
            return None
        path = daily_path(notebook, day, served.options)
        if notebook.exists(path) or (served.root / path).exists():
            return places.uri(path), None
        plan = Plan(created={path: daily_text(notebook, path, day, served.options)})
        return places.uri(path), workspace_edit(notebook, places, session.client, plan)

    found: Found = await ask_vault(session, served, (DAILY, object()), find, None)
    if found is None:
        raise JsonRpcInvalidParams(f"recall.daily does not know which day {params.when[:40]!r} is")
    uri, edit = found
    await session.create_and_show(uri, edit, "Daily note")
    return {"uri": uri}
