"""What a command of the user's teaches about notes, taken from its arguments into the vault and told back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from recall_lsp.lsp.messages import Taught
from recall_lsp.lsp.render import note_uri
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.feedback import Event, Kind
    from recall_lsp.index.vault import Vault

T = TypeVar("T")


async def teach(session: Session, kind: Kind, note: str, near: str | None = None, how: str = "") -> Taught:
    """Record that the note of URI `note` was treated so, in the document of URI `near`.

    Raises JsonRpcInvalidParams for what is in no folder or is no note, JsonRpcInternalError if nothing can be written.
    """
    served, path = _place(session, note, "note")
    near_path = ""
    if near is not None:
        other, near_path = _place(session, near, "uri")
        if other is not served:
            raise JsonRpcInvalidParams("note and uri are in different folders")

    def record(vault: Vault) -> Taught | None:
        if vault.entry(path) is None:
            return None
        return told(served, vault, vault.feedback.record(kind, path, near_path, how))

    made = await written(served, record)
    if made is None:
        raise JsonRpcInvalidParams("note is no note of this folder")
    session.refresh_code_lenses(forget=kind in ("dismissed", "never"))
    return made


async def written(served: ServedVault, work: Callable[[Vault], Taught | None]) -> Taught | None:
    """`work`, which writes; where the disk refuses, the error's own words reach the user."""

    def attempt(vault: Vault) -> Taught | OSError | None:
        try:
            return work(vault)
        except OSError as error:
            return error

    result = await served.ask(("taught", object()), attempt, None)  # none supersedes another
    if isinstance(result, OSError):
        raise JsonRpcInternalError(f"this cannot be remembered: {result.strerror}")
    return result


async def standing(
    session: Session,
    name: str,
    kept: Callable[[Vault], list[Event]],
    tell: Callable[[ServedVault, Vault, Event], T],
) -> list[T]:
    """What stands of a kind in all folders, as it is told."""
    found: list[T] = []
    for served in list(session.vaults):

        def read(vault: Vault, served: ServedVault = served) -> list[T]:
            return [tell(served, vault, event) for event in kept(vault)]

        found += await served.ask((name, object()), read, [])  # none supersedes another
    return found


def told(served: ServedVault, vault: Vault, event: Event) -> Taught:
    entry = vault.entry(event.note)
    near = note_uri(served.root, event.near) if event.near else None
    title = entry.title if entry is not None else event.note
    return Taught(event.id, event.kind, note_uri(served.root, event.note), title, near)


def _place(session: Session, uri: str, name: str) -> tuple[ServedVault, str]:
    place = session.place(uri)
    if place is None:
        raise JsonRpcInvalidParams(f"{name} is in no folder that is served")
    return place
