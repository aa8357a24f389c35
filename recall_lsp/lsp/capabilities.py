"""What the client can do, resolved once into named booleans."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    markdown_hover: bool = False
    markdown_documentation: bool = False
    completion_registration: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False
    watched_files: bool = False


def client_features(capabilities: types.ClientCapabilities) -> ClientFeatures:
    def takes_markdown(name: str) -> bool:
        return types.MarkupKind.Markdown in (get_capability(capabilities, name, None) or ())

    def has(name: str) -> bool:
        return bool(get_capability(capabilities, name, False))

    return ClientFeatures(
        markdown_hover=takes_markdown("text_document.hover.content_format"),
        markdown_documentation=takes_markdown("text_document.completion.completion_item.documentation_format"),
        completion_registration=has("text_document.completion.dynamic_registration"),
        configuration=has("workspace.configuration"),
        configuration_changes=has("workspace.did_change_configuration.dynamic_registration"),
        progress=has("window.work_done_progress"),
        watched_files=has("workspace.did_change_watched_files.dynamic_registration"),
    )
