"""Files that the editor is about to create, rename or delete, and has: links stay at their notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.navigation import Places, ask_vault
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.workspace_edit import workspace_edit

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault
    from recall_lsp.links.notebook import Notebook

FILES = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
)


async def will_rename_files(session: Session, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """The edits to make first; the moves themselves are the client's."""
    nothing: types.WorkspaceEdit | None = None
    for served, pairs in _moves(session, params).items():

        def plan(
            notebook: Notebook, places: Places, pairs: list[tuple[str, str]] = pairs
        ) -> types.WorkspaceEdit | None:
            from recall_lsp.links.move import move

            made = move(notebook, pairs)
            return workspace_edit(notebook, places, session.client, made, moving=False) if made.edits else None

        key = (types.WORKSPACE_WILL_RENAME_FILES, object())
        nothing = _merged(nothing, await ask_vault(session, served, key, plan, None))
    return nothing


async def will_create_files(session: Session, params: types.CreateFilesParams) -> types.WorkspaceEdit | None:
    """The edits that keep every link at its note where a new file's name would draw some away."""
    made: defaultdict[ServedVault, list[str]] = defaultdict(list)
    for file in params.files:
        place = session.place(file.uri)
        if place is not None:
            made[place[0]].append(place[1])
    answer: types.WorkspaceEdit | None = None
    for served, paths in made.items():

        def plan(notebook: Notebook, places: Places, paths: list[str] = paths) -> types.WorkspaceEdit | None:
            from recall_lsp.links.move import make_room

            found = make_room(notebook, paths)
            return workspace_edit(notebook, places, session.client, found) if found.edits else None

        key = (types.WORKSPACE_WILL_CREATE_FILES, object())
        answer = _merged(answer, await ask_vault(session, served, key, plan, None))
    return answer


def did_create_files(session: Session, params: types.CreateFilesParams) -> None:
    _tell(session, (file.uri for file in params.files))


async def did_rename_files(session: Session, params: types.RenameFilesParams) -> None:
    """What was taught of a note goes with it.  The keeper watches the folder itself; this spares it the wait."""
    _tell(session, (uri for file in params.files for uri in (file.old_uri, file.new_uri)))
    for served, pairs in _moves(session, params).items():

        def follow(vault: Vault, pairs: list[tuple[str, str]] = pairs) -> None:
            with suppress(OSError):
                for old, new in pairs:
                    vault.feedback.move(old, new)

        await served.ask((types.WORKSPACE_DID_RENAME_FILES, object()), follow, None)
    session.refresh_code_lenses(forget=True)


def did_delete_files(session: Session, params: types.DeleteFilesParams) -> None:
    _tell(session, (file.uri for file in params.files))


async def will_delete_files(session: Session, params: types.DeleteFilesParams) -> None:
    """Only a warning: how many notes link to what is about to go."""
    gone: defaultdict[ServedVault, list[str]] = defaultdict(list)
    for file in params.files:
        place = session.place(file.uri)
        if place is not None:
            gone[place[0]].append(place[1])
    for served, paths in gone.items():

        def count(notebook: Notebook, _: Places, paths: list[str] = paths) -> int:
            from recall_lsp.links.references import linking_into

            return len(linking_into(notebook, paths))

        left = await ask_vault(session, served, (types.WORKSPACE_WILL_DELETE_FILES, object()), count, 0)
        if left:
            names = ", ".join(path.rpartition("/")[2] for path in paths[:3])
            session.tell(f"{left} other note{'s' * (left > 1)} linked to {names}: those links lead nowhere now.")


def _moves(session: Session, params: types.RenameFilesParams) -> dict[ServedVault, list[tuple[str, str]]]:
    """Old and new path of each file that stays in its folder of notes."""
    moves: defaultdict[ServedVault, list[tuple[str, str]]] = defaultdict(list)
    for file in params.files:
        old, new = session.place(file.old_uri), session.place(file.new_uri)
        if old is not None and new is not None and old[0] is new[0]:
            moves[old[0]].append((old[1], new[1]))
    return moves


def _tell(session: Session, uris: Iterable[str]) -> None:
    for uri in uris:
        place = session.place(uri)
        if place is not None and place[0].keeper is not None:
            place[0].keeper.saved(place[1])


def _merged(one: types.WorkspaceEdit | None, other: types.WorkspaceEdit | None) -> types.WorkspaceEdit | None:
    if one is None or other is None:
        return one or other
    if one.document_changes is not None:
        return types.WorkspaceEdit(document_changes=[*one.document_changes, *(other.document_changes or ())])
    return types.WorkspaceEdit({**(one.changes or {}), **(other.changes or {})})
