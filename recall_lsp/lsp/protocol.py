"""What pygls needs mended: every request gets an answer, and no answer or log tells what a note says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from cattrs import transform_error
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCResponseMessage

from recall_lsp.lsp.messages import REQUESTS

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Stands in for parameters that do not fit the method; `reason` names the fields, never their values."""

    reason: str


class RecallProtocol(LanguageServerProtocol):
    """pygls' protocol with our own document store and an error reply for each request that cannot be served."""

    _initialize_seen = False

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        return REQUESTS.get(method) or super().get_message_type(method)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """JSON to a message; what does not fit comes out as one with `Malformed` params, or as an error response."""
        if "jsonrpc" not in data or not ("method" in data or "id" in data):
            return data
        method, identity = data.get("method"), data.get("id")
        try:
            return self._converter.structure(data, self._type_of(data))
        except Exception as error:
            malformed = Malformed(misfit(error))
        log.warning("%s: %s", method or "response", malformed.reason)
        if "id" not in data:
            return JsonRPCNotification(str(method), self.VERSION, malformed)
        if "method" in data:
            return JsonRPCRequestMessage(identity, str(method), self.VERSION, malformed)  # type: ignore[arg-type]
        return types.ResponseErrorMessage(
            id=identity, error=types.ResponseError(JsonRpcInternalError.CODE, "malformed result")
        )

    def handle_message(self, message: Any) -> None:
        """Delegates to pygls what can be served, and answers the rest."""
        method, identity = getattr(message, "method", None), getattr(message, "id", None)
        if not hasattr(message, "jsonrpc"):
            self._refuse(None, JsonRpcInvalidRequest("not a JSON-RPC 2.0 message"))
            return
        if method is None:
            self._handle_reply(message)
            return
        refusal = self._refusal(method, getattr(message, "params", None))
        if refusal is None:
            self._initialize_seen |= method == types.INITIALIZE
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._refuse(identity, refusal)
        elif method == types.EXIT:
            super().handle_message(message)

    def _type_of(self, data: dict[str, Any]) -> type[Any]:
        if "method" in data:
            fallback = JsonRPCRequestMessage if "id" in data else JsonRPCNotification
            return self.get_message_type(data["method"]) or fallback
        if "error" in data:
            return types.ResponseErrorMessage
        return self._result_types.pop(data["id"], None) or JsonRPCResponseMessage

    def _refusal(self, method: str, params: Any) -> JsonRpcException | None:
        if isinstance(params, Malformed):
            return JsonRpcInvalidParams(f"{JsonRpcInvalidParams.MESSAGE}: {params.reason}")
        if self._shutdown:
            return None if method == types.EXIT else JsonRpcInvalidRequest("the server is shutting down")
        if method == types.INITIALIZE and self._initialize_seen:
            return JsonRpcInvalidRequest("initialize may be sent once")
        if not self._initialize_seen and method not in (types.INITIALIZE, types.EXIT):
            return JsonRpcServerNotInitialized("initialize must come first")
        return None

    def _refuse(self, identity: Any, error: JsonRpcException) -> None:
        known = identity if isinstance(identity, (str, int)) else None  # what is no id is answered as null
        self._send_response(known, error=error.to_response_error())  # type: ignore[arg-type]

    def _handle_reply(self, message: Any) -> None:
        """A late reply to a request of ours that was given up would raise InvalidStateError in pygls."""
        future = self._request_futures.get(message.id)
        if future is not None and future.done():
            self._request_futures.pop(message.id, None)
        else:
            super().handle_message(message)

    # pygls would keep documents of its own beside ours, at the cost of the whole text a keystroke.
    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


def misfit(error: Exception) -> str:
    """Which fields do not fit, and never their values."""
    return "; ".join(transform_error(error, path="", format_exception=_describe))


def _describe(error: BaseException, _type: type[Any] | None) -> str:
    return "missing" if isinstance(error, KeyError) else "wrong value"
