"""What clients say that they can do, as they say it."""

from __future__ import annotations

import pytest
from lsprotocol import types

from recall_lsp.lsp.capabilities import client_features

RENAME, CREATE = types.ResourceOperationKind.Rename, types.ResourceOperationKind.Create


@pytest.mark.parametrize(
    ("edits", "changes", "renames"),
    [
        (None, False, False),
        (types.WorkspaceEditClientCapabilities(document_changes=True), True, False),
        (types.WorkspaceEditClientCapabilities(document_changes=True, resource_operations=[CREATE]), True, False),
        # Neovim 0.12 declares no document changes, and takes them
        (types.WorkspaceEditClientCapabilities(resource_operations=[RENAME, CREATE]), True, True),
    ],
)
def test_workspace_edits(edits: types.WorkspaceEditClientCapabilities | None, changes: bool, renames: bool) -> None:
    found = client_features(types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_edit=edits)))
    assert (found.document_changes, found.renames_files) == (changes, renames)
