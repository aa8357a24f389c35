"""What the server knows between two messages: the client, its documents, its folders and its settings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import to_fs_path, uri_scheme

from recall_lsp.config import load_options
from recall_lsp.index.refusal import too_wide
from recall_lsp.lsp.capabilities import ClientFeatures
from recall_lsp.lsp.documents import Document, Snapshot
from recall_lsp.lsp.keeper import Event
from recall_lsp.lsp.logs import set_level
from recall_lsp.lsp.messages import CHANGED
from recall_lsp.lsp.positions import Encoding
from recall_lsp.lsp.progress import IndexProgress
from recall_lsp.lsp.served_vault import Opener, ServedVault, Settings, close_all, open_vault

if TYPE_CHECKING:
    from recall_lsp.lsp.server import RecallServer
    from recall_lsp.lsp.survey import Survey

log = logging.getLogger(__name__)
_NO = object()
TRIGGERS = ("#", "^", "(", "!")
"""Beside `[` and the setting: what begins a tag or heading, a block or footnote, a path, a callout."""
_SOON = 0.5
_MOST_PLACED = 4096


class Session:
    def __init__(self, server: RecallServer, opener: Opener = open_vault) -> None:
        self.client = ClientFeatures()
        self.encoding: Encoding = "utf-16"
        self.completion = types.CompletionOptions(resolve_provider=True)
        self.documents: dict[str, Document] = {}
        self.vaults: list[ServedVault] = []
        self._placed: dict[str, tuple[ServedVault, str] | None] = {}
        self._placed_among: list[ServedVault] = []
        self.initial_settings: Settings = {}
        self.running = False
        self.shows_ghosts = False
        """The client has asked for inline completions, whether it told that it would or not."""
        self.settling: dict[str, asyncio.TimerHandle] = {}
        self.diagnosed: set[str] = set()
        self.surveys: dict[ServedVault, Survey] = {}
        self.on_index: Callable[[ServedVault], None] = lambda vault: None
        self._server = server
        self._opener = opener
        self._registered: types.CompletionRegistrationOptions | None = None
        self._shown: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress: dict[Path, IndexProgress] = {}
        self._refreshing = False

    # Documents

    def place(self, uri: str) -> tuple[ServedVault, str] | None:
        """The vault a document belongs to, and its path there; None for one outside of all folders.

        A document not saved yet (`untitled:`) belongs to the first folder.
        """
        if self._placed_among != self.vaults or len(self._placed) > _MOST_PLACED:
            self._placed, self._placed_among = {}, list(self.vaults)
        if uri not in self._placed:  # each question asks for all open documents
            self._placed[uri] = self._find_place(uri)
        return self._placed[uri]

    def _find_place(self, uri: str) -> tuple[ServedVault, str] | None:
        if uri_scheme(uri) == "untitled":
            return (self.vaults[0], "untitled.md") if self.vaults else None
        path = file_path(uri)
        if path is None:
            return None
        inside = [vault for vault in self.vaults if path.is_relative_to(vault.root)]
        if not inside:
            path = path.resolve()
            inside = [vault for vault in self.vaults if path.is_relative_to(vault.root.resolve())]
            if not inside:
                return None
        vault = max(inside, key=lambda vault: len(vault.root.parts))
        root = vault.root if path.is_relative_to(vault.root) else vault.root.resolve()
        return vault, path.relative_to(root).as_posix()

    def open_at(self, uri: str) -> tuple[ServedVault, str, Snapshot] | None:
        """An open document as it stands, with its vault and path; None if there is nothing to serve it from."""
        place, document = self.place(uri), self.documents.get(uri)
        return None if place is None or document is None else (*place, document.snapshot())

    # Folders

    def add_folder(self, uri: str, settings: Settings) -> ServedVault | None:
        root = file_path(uri)
        if root is None or any(vault.root == root for vault in self.vaults):
            return None
        why_not = too_wide(root)
        if why_not:
            self.warn(why_not)
            return None
        merged = {**self.initial_settings, **settings}
        options, warnings = load_options(root, merged)
        self.warn(*warnings)
        vault = ServedVault(root, options, merged, self._opener)
        self.vaults.append(vault)
        return vault

    def start(self, vault: ServedVault) -> None:
        loop = asyncio.get_running_loop()

        def taken() -> None:
            loop.call_soon_threadsafe(self._tell_changed, vault)

        vault.on_taken = taken
        vault.start_keeper(lambda event: self._on_keeper(vault, event))
        vault.follow()

    async def remove_folder(self, uri: str) -> None:
        root = file_path(uri)
        for vault in [vault for vault in self.vaults if vault.root == root]:
            self.vaults.remove(vault)
            self.surveys.pop(vault, None)
            self._end_progress(vault)
            await vault.close()

    async def apply_settings(self, vault: ServedVault, settings: Settings) -> None:
        merged = {**self.initial_settings, **settings}
        options, warnings = load_options(vault.root, merged)
        self.warn(*warnings)
        set_level(options.log_level)
        await vault.configure(options, merged, lambda event: self._on_keeper(vault, event))
        self.refresh_code_lenses(forget=True)
        self._tell_changed(vault)
        await self.register_completion()

    async def close(self) -> None:
        self.running = False
        await close_all(self.vaults)

    # The client

    def offer_completion(self) -> None:
        """In the reply to `initialize`; to a client that takes it later, `register_completion` tells it instead."""
        if self.client.completion_registration:
            self._server.protocol.fm.feature_options[types.TEXT_DOCUMENT_COMPLETION] = None
        else:
            self.completion.trigger_characters = self._trigger_characters()

    async def register_completion(self) -> None:
        """Tell a client that takes it the trigger characters of all folders, whenever they have changed."""
        wanted = types.CompletionRegistrationOptions(
            trigger_characters=self._trigger_characters(), resolve_provider=True
        )
        if not self.client.completion_registration or wanted == self._registered:
            return
        messages = []
        if self._registered is not None:
            gone = types.UnregistrationParams([types.Unregistration("completion", types.TEXT_DOCUMENT_COMPLETION)])
            messages.append(self.request(types.CLIENT_UNREGISTER_CAPABILITY, gone))
        made = types.RegistrationParams([types.Registration("completion", types.TEXT_DOCUMENT_COMPLETION, wanted)])
        messages.append(self.request(types.CLIENT_REGISTER_CAPABILITY, made))
        self._registered = wanted
        await asyncio.gather(*messages)  # sent at once, so that a later change comes later

    def refresh_code_lenses(self, forget: bool = False) -> None:
        """Have the client ask for its lenses again, soon and once for all that changes now; `forget` what they told."""
        if forget:
            for vault in self.vaults:
                vault.lenses.clear()
        if self.client.lens_refresh and not self._refreshing:
            self._refreshing = True
            self.spawn(self._refresh_code_lenses())

    async def _refresh_code_lenses(self) -> None:
        await asyncio.sleep(_SOON)
        self._refreshing = False
        await self.request(types.WORKSPACE_CODE_LENS_REFRESH, None)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the messages; for what awaits the client's reply, since such a task must not be cancelled."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def warn(self, *messages: str) -> None:
        """Show each message to the user, once."""
        for message in messages:
            if message not in self._shown:
                self._shown.add(message)
                self.tell(message)

    def tell(self, message: str) -> None:
        """Show a message to the user, each time."""
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        self._server.text_document_publish_diagnostics(params)

    async def request(self, method: str, params: Any, refused: Any = None) -> Any:
        """The client's answer; `refused` when it sends an error or the server is shutting down."""
        try:
            return await self._server.protocol.send_request_async(method, params)
        except (JsonRpcException, asyncio.CancelledError):
            return refused

    async def settle(self, method: str, params: Any) -> None:
        """A request whose answer changes nothing."""
        await self.request(method, params)

    async def create_and_show(self, uri: str, edit: types.WorkspaceEdit | None, label: str) -> None:
        """Have the client create a note, where it is not there yet, and open it."""
        if edit is not None:
            await self.request(types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit, label))
        if self.client.shows_documents:
            await self.request(types.WINDOW_SHOW_DOCUMENT, types.ShowDocumentParams(uri, take_focus=True))

    async def create_progress(self, token: str) -> bool:
        if not self.client.progress:
            return False
        params = types.WorkDoneProgressCreateParams(token)
        return await self.request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params, _NO) is not _NO

    def report_progress(
        self, token: str, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        self._server.progress(types.ProgressParams(token, value))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task failed: %s", type(error).__name__)
            log.debug("", exc_info=error)

    def _on_keeper(self, vault: ServedVault, event: Event) -> None:
        if not self.running or vault not in self.vaults:
            return
        match event["event"]:
            case "progress":
                progress = self._progress.setdefault(vault.root, IndexProgress(self, f"Recall: {vault.root.name}"))
                progress.step(str(event.get("stage")), int(event.get("done", 0)), int(event.get("total", 0)))
            case "changed":
                vault.follow()
                self._index_changed(vault)
            case "settings":
                self.spawn(self.apply_settings(vault, vault.settings))
            case "ready":
                vault.whole = True
                vault.follow()
                self._index_changed(vault)
                if vault.root in self._progress:  # much has changed, not only what is being written
                    self.refresh_code_lenses(forget=True)
                self._end_progress(vault)
            case "waiting":
                vault.whole = True  # the window that keeps it began earlier
                self._end_progress(vault)
                self._index_changed(vault)
            case "stopped" | "paused":
                self._end_progress(vault)
            case "problem":
                self.warn(str(event.get("message")))

    def _tell_changed(self, vault: ServedVault) -> None:
        if self.running and self.client.changed:
            self._server.protocol.notify(CHANGED, {"uri": vault.root.as_uri()})

    def _index_changed(self, vault: ServedVault) -> None:
        if vault.whole:
            self.on_index(vault)

    def _trigger_characters(self) -> list[str]:
        return sorted({"[", *TRIGGERS, *(vault.options.trigger[-1:] for vault in self.vaults)} - {""})

    def _end_progress(self, vault: ServedVault) -> None:
        progress = self._progress.pop(vault.root, None)
        if progress is not None:
            progress.end()


def file_path(uri: str) -> Path | None:
    """The file that a `file:` URI names."""
    if uri_scheme(uri) != "file":
        return None
    path = to_fs_path(uri)
    return Path(path) if path else None
