"""What the client can do, resolved once into named booleans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    markdown_hover: bool = False
    markdown_documentation: bool = False
    completion_registration: bool = False
    inline_completion: bool = False
    snippets: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False
    watched_files: bool = False
    location_links: bool = False
    shows_documents: bool = False
    symbol_tree: bool = False
    document_changes: bool = False
    renames_files: bool = False
    creates_files: bool = False
    diagnostics: bool = False
    refreshes_diagnostics: bool = False
    pulls_diagnostics: bool = False
    resolves_actions: bool = False
    content_registration: bool = False
    lens_refresh: bool = False
    changed: bool = False


def client_features(capabilities: types.ClientCapabilities) -> ClientFeatures:
    def takes_markdown(name: str) -> bool:
        return types.MarkupKind.Markdown in (get_capability(capabilities, name, None) or ())

    def has(name: str) -> bool:
        return bool(get_capability(capabilities, name, False))

    operations = get_capability(capabilities, "workspace.workspace_edit.resource_operations", None) or ()
    return ClientFeatures(
        markdown_hover=takes_markdown("text_document.hover.content_format"),
        markdown_documentation=takes_markdown("text_document.completion.completion_item.documentation_format"),
        completion_registration=has("text_document.completion.dynamic_registration"),
        inline_completion=get_capability(capabilities, "text_document.inline_completion", None) is not None,
        snippets=has("text_document.completion.completion_item.snippet_support"),
        configuration=has("workspace.configuration"),
        configuration_changes=has("workspace.did_change_configuration.dynamic_registration"),
        progress=has("window.work_done_progress"),
        watched_files=has("workspace.did_change_watched_files.dynamic_registration"),
        location_links=has("text_document.definition.link_support"),
        shows_documents=has("window.show_document.support"),
        symbol_tree=has("text_document.document_symbol.hierarchical_document_symbol_support"),
        # Neovim takes them, since resource operations are nothing else, but declares the operations alone.
        document_changes=has("workspace.workspace_edit.document_changes") or bool(operations),
        renames_files=types.ResourceOperationKind.Rename in operations,
        creates_files=types.ResourceOperationKind.Create in operations,
        diagnostics=get_capability(capabilities, "text_document.publish_diagnostics", None) is not None,
        refreshes_diagnostics=has("workspace.diagnostics.refresh_support"),
        pulls_diagnostics=get_capability(capabilities, "text_document.diagnostic", None) is not None,
        resolves_actions="edit"
        in (get_capability(capabilities, "text_document.code_action.resolve_support.properties", None) or ()),
        content_registration=has("workspace.text_document_content.dynamic_registration"),
        lens_refresh=has("workspace.code_lens.refresh_support"),
        changed=_is_told_of_changes(capabilities.experimental),
    )


def _is_told_of_changes(experimental: Any) -> bool:
    """`experimental: {"recallChanged": true}`; pygls makes an object of it."""
    if isinstance(experimental, Mapping):
        return bool(experimental.get("recallChanged"))
    return bool(getattr(experimental, "recallChanged", False))
