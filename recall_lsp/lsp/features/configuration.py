"""initialize, initialized, workspace/didChangeConfiguration, and changes of recall.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from recall_lsp.config import SETTINGS_FILE
from recall_lsp.lsp.capabilities import client_features
from recall_lsp.lsp.features.text_document_content import SCHEME
from recall_lsp.lsp.served_vault import ServedVault, Settings
from recall_lsp.lsp.session import Session

SECTION = "recall"


def initialize(session: Session, params: types.InitializeParams) -> None:
    session.client = client_features(params.capabilities)
    encoding = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
    session.encoding = types.PositionEncodingKind(encoding).value
    session.initial_settings = _table(session, params.initialization_options, "initializationOptions")
    folders = [folder.uri for folder in params.workspace_folders or ()]
    if not folders and params.root_uri:
        folders = [params.root_uri]
    for uri in folders:
        session.add_folder(uri, {})
    session.offer_completion()


def initialized(session: Session, params: types.InitializedParams) -> None:
    session.running = True
    session.spawn(_begin(session))


def did_change_configuration(session: Session, params: types.DidChangeConfigurationParams) -> None:
    pushed = params.settings.get(SECTION) if isinstance(params.settings, Mapping) else None
    session.spawn(_reconfigure(session, _table(session, pushed, SECTION)))


def did_change_watched_files(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    session.spawn(_reconfigure(session, None))


async def settings_for(session: Session, vault: ServedVault) -> Settings:
    """The editor's settings for a folder; {} from a client that is not to be asked."""
    if not session.client.configuration:
        return {}
    items = [types.ConfigurationItem(scope_uri=vault.root.as_uri(), section=SECTION)]
    answer = await session.request(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items))
    return _table(session, answer[0] if answer else None, SECTION)


async def _begin(session: Session) -> None:
    await _register(session)
    for vault in list(session.vaults):
        await session.apply_settings(vault, await settings_for(session, vault))
        if session.running:
            session.start(vault)
    await session.register_completion()


async def _reconfigure(session: Session, pushed: Settings | None) -> None:
    for vault in list(session.vaults):
        asked = await settings_for(session, vault)
        await session.apply_settings(vault, asked or pushed or {})


async def _register(session: Session) -> None:
    """What a client takes after `initialize`: to tell changed settings, and to show our pages."""
    wanted = []
    if session.client.configuration_changes:
        options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wanted.append(types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if session.client.watched_files:
        watcher = types.FileSystemWatcher(glob_pattern=f"**/{SETTINGS_FILE}")
        watched = types.DidChangeWatchedFilesRegistrationOptions([watcher])
        wanted.append(types.Registration("settings-file", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched))
    if session.client.content_registration:
        shown = types.TextDocumentContentRegistrationOptions(schemes=[SCHEME])
        wanted.append(types.Registration("related-page", types.WORKSPACE_TEXT_DOCUMENT_CONTENT, shown))
    if wanted:
        await session.request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(wanted))


def _table(session: Session, value: Any, name: str) -> Settings:
    if isinstance(value, Mapping):
        return dict(value)
    if value is not None and value != []:  # Lua cannot tell an empty table from an empty list
        session.warn(f"{name} must be a table of settings and is ignored")
    return {}
