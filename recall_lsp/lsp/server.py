"""The table of methods, and the server's start and stop.

Not here: torch, transformers and sentence-transformers never get into this process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams, JsonRpcParseError
from pygls.lsp.server import LanguageServer

from recall_lsp import __version__
from recall_lsp.lsp import messages
from recall_lsp.lsp.features import (
    accepted,
    backlinks,
    code_action,
    code_lens,
    code_lens_resolve,
    completion,
    completion_resolve,
    configuration,
    daily,
    definition,
    diagnostic,
    dismiss,
    document_highlight,
    document_link,
    document_symbol,
    file_operations,
    folding_range,
    hidden,
    hover,
    indexing,
    inlay_hint,
    inline_completion,
    link_words,
    mark_block,
    never_show,
    new_note,
    pin,
    pinned,
    references,
    related,
    rename,
    selection_range,
    semantic_tokens,
    status,
    take_out_rest,
    text_document_content,
    text_sync,
    type_definition,
    undo,
    workspace_diagnostic,
    workspace_folders,
    workspace_symbol,
)
from recall_lsp.lsp.logs import start_logging
from recall_lsp.lsp.protocol import RecallProtocol, misfit
from recall_lsp.lsp.served_vault import Opener, open_vault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.transport import serve_stdio, serve_tcp

log = logging.getLogger(__name__)
Handler = Callable[..., Any]

INLINE = types.InlineCompletionOptions()
SAVE = types.SaveOptions(include_text=False)
DIAGNOSTIC = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="recall")
RENAME = types.RenameOptions(prepare_provider=True)


def features(session: Session) -> tuple[tuple[str, Any, Handler], ...]:
    """Method, options told to the client, handler.  Handlers that ask a vault are async; the others return at once."""
    return (
        (types.INITIALIZE, None, configuration.initialize),
        (types.INITIALIZED, None, configuration.initialized),
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, None, configuration.did_change_configuration),
        (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, None, configuration.did_change_watched_files),
        (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, None, workspace_folders.did_change_workspace_folders),
        (types.TEXT_DOCUMENT_DID_OPEN, None, text_sync.did_open),
        (types.TEXT_DOCUMENT_DID_CHANGE, None, text_sync.did_change),
        (types.TEXT_DOCUMENT_DID_SAVE, SAVE, text_sync.did_save),
        (types.TEXT_DOCUMENT_DID_CLOSE, None, text_sync.did_close),
        (types.TEXT_DOCUMENT_COMPLETION, session.completion, completion.completion),
        (types.COMPLETION_ITEM_RESOLVE, None, completion_resolve.resolve),
        (types.TEXT_DOCUMENT_INLINE_COMPLETION, INLINE, inline_completion.inline_completion),
        (types.TEXT_DOCUMENT_HOVER, None, hover.hover),
        (types.TEXT_DOCUMENT_DEFINITION, None, definition.definition),
        (types.TEXT_DOCUMENT_TYPE_DEFINITION, None, type_definition.type_definition),
        (types.TEXT_DOCUMENT_REFERENCES, None, references.references),
        (types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, None, document_highlight.document_highlight),
        (types.TEXT_DOCUMENT_DOCUMENT_LINK, None, document_link.document_link),
        (types.DOCUMENT_LINK_RESOLVE, None, document_link.resolve),
        (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, None, document_symbol.document_symbol),
        (types.WORKSPACE_SYMBOL, None, workspace_symbol.workspace_symbol),
        (types.TEXT_DOCUMENT_PREPARE_RENAME, None, rename.prepare_rename),
        (types.TEXT_DOCUMENT_RENAME, RENAME, rename.rename),
        (types.WORKSPACE_WILL_CREATE_FILES, file_operations.FILES, file_operations.will_create_files),
        (types.WORKSPACE_DID_CREATE_FILES, file_operations.FILES, file_operations.did_create_files),
        (types.WORKSPACE_WILL_RENAME_FILES, file_operations.FILES, file_operations.will_rename_files),
        (types.WORKSPACE_DID_RENAME_FILES, file_operations.FILES, file_operations.did_rename_files),
        (types.WORKSPACE_WILL_DELETE_FILES, file_operations.FILES, file_operations.will_delete_files),
        (types.WORKSPACE_DID_DELETE_FILES, file_operations.FILES, file_operations.did_delete_files),
        (types.TEXT_DOCUMENT_DIAGNOSTIC, DIAGNOSTIC, diagnostic.diagnostic),
        (types.WORKSPACE_DIAGNOSTIC, None, workspace_diagnostic.workspace_diagnostic),
        (types.TEXT_DOCUMENT_CODE_ACTION, code_action.OPTIONS, code_action.code_action),
        (types.CODE_ACTION_RESOLVE, None, code_action.resolve),
        (types.TEXT_DOCUMENT_FOLDING_RANGE, None, folding_range.folding_range),
        (types.TEXT_DOCUMENT_SELECTION_RANGE, None, selection_range.selection_range),
        (types.TEXT_DOCUMENT_INLAY_HINT, None, inlay_hint.inlay_hint),
        (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, semantic_tokens.LEGEND, semantic_tokens.semantic_tokens),
        (messages.BACKLINKS, None, backlinks.backlinks),
        (types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True), code_lens.code_lens),
        (types.CODE_LENS_RESOLVE, None, code_lens_resolve.resolve),
        (types.WORKSPACE_TEXT_DOCUMENT_CONTENT, None, text_document_content.text_document_content),
        (messages.RELATED, None, related.related),
        (messages.STATUS, None, status.status),
    )


COMMANDS: tuple[tuple[str, type[Any] | None, Handler], ...] = (
    (messages.RELATED_COMMAND, messages.RelatedParams, related.related),
    (messages.DAILY, messages.DailyParams, daily.daily),
    (messages.NEW_NOTE, messages.NewNoteParams, new_note.new_note),
    (messages.MARK_BLOCK, messages.MarkBlockParams, mark_block.mark_block),
    (messages.TAKE_OUT_REST, messages.TakeOutRestParams, take_out_rest.take_out_rest),
    (messages.BACKLINKS_COMMAND, messages.BacklinksParams, backlinks.backlinks),
    (messages.STATUS_COMMAND, None, status.status),
    (messages.PAUSE_COMMAND, None, indexing.pause),
    (messages.RESUME_COMMAND, None, indexing.resume),
    (messages.DISMISS, messages.DismissParams, dismiss.dismiss),
    (messages.NEVER_SHOW, messages.NeverShowParams, never_show.never_show),
    (messages.ACCEPTED, messages.AcceptedParams, accepted.accepted),
    (messages.UNDO, messages.UndoParams, undo.undo),
    (messages.HIDDEN, None, hidden.hidden),
    (messages.PIN, messages.PinParams, pin.pin),
    (messages.PINNED, messages.PinnedParams, pinned.pinned),
    (messages.LINK_COMMAND, messages.LinkParams, link_words.link_words),
)


class RecallServer(LanguageServer):
    def __init__(self, opener: Opener = open_vault) -> None:
        super().__init__("recall-lsp", __version__, protocol_cls=RecallProtocol, converter_factory=messages.converter)
        self.session = Session(self, opener)
        self.session.on_index = partial(diagnostic.index_changed, self.session)
        for method, options, handler in features(self.session):
            self.feature(method, options)(guarded(self.session, handler))
        for name, kind, handler in COMMANDS:
            self.command(name)(self._command(name, kind, guarded(self.session, handler)))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """pygls would show the error to the user.  A request has its error reply; only broken JSON has none yet."""
        if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
            self.protocol._send_response(None, error=JsonRpcParseError("not JSON").to_response_error())  # type: ignore[arg-type]
        elif not isinstance(error, JsonRpcException):
            log.error("%s in the protocol", type(error).__name__)
            log.debug("", exc_info=error)

    def _command(self, name: str, kind: type[Any] | None, handler: Handler) -> Handler:
        """A command takes one object of its kind, or nothing."""

        async def run(*arguments: Any) -> Any:
            try:
                given = arguments[0] if arguments else {}
                params = None if kind is None else self.protocol._converter.structure(given, kind)
            except Exception as error:
                raise JsonRpcInvalidParams(f"{name} takes another argument: {misfit(error)}") from None
            return await handler(params)

        return run


def guarded(session: Session, handler: Handler) -> Handler:
    """The handler as pygls calls it; a failure is logged without the note text that its message may hold."""

    async def run_async(params: Any) -> Any:
        try:
            return await handler(session, params)
        except Exception as error:
            raise _reply(handler, error) from None

    def run(params: Any) -> Any:
        try:
            return handler(session, params)
        except Exception as error:
            raise _reply(handler, error) from None

    return run_async if asyncio.iscoroutinefunction(handler) else run


def serve(tcp: tuple[str, int] | None = None, log_level: str = "warning") -> int:
    """Serve one editor, over standard input and output or over TCP; the exit code."""
    start_logging(log_level)
    server = RecallServer()
    if tcp is None:
        return serve_stdio(server)
    try:
        return serve_tcp(server, *tcp)
    except OSError as error:
        print(f"recall-lsp cannot listen on {tcp[0]}:{tcp[1]}: {error.strerror}", file=sys.stderr)
        return 1


def _reply(handler: Handler, error: Exception) -> JsonRpcException:
    if isinstance(error, JsonRpcException):
        return error
    cause = error.__cause__ or error
    where = traceback.extract_tb(cause.__traceback__)
    log.error("%s: %s at %s", handler.__name__, type(cause).__name__, _frames(where))
    log.debug("", exc_info=cause)
    return JsonRpcInternalError(f"{handler.__name__} failed ({type(cause).__name__}); see recall-lsp's log")


def _frames(frames: traceback.StackSummary) -> str:
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-4:]))
