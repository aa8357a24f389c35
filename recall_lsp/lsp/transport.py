"""Messages over standard input and output, or over one TCP connection."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, BinaryIO

from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async

if TYPE_CHECKING:
    from recall_lsp.lsp.server import RecallServer

_SWITCH = 0.001
"""Seconds after which a thread that computes lets another one in: a message passes through three threads, and Python's
own 0.005 at each of them is more than many an answer takes while the vault's thread takes in what the keeper wrote."""
_PATIENCE = 1.0
"""Seconds to end in good order once standard input is closed."""


def serve_stdio(server: RecallServer) -> int:
    """Serve until `exit` or the end of input; the process' exit code."""
    if hasattr(select, "poll"):
        Thread(target=_end_with_client, args=(sys.stdin.fileno(),), daemon=True).start()
    reader = StdinAsyncReader(sys.stdin.buffer, ThreadPoolExecutor(1, "stdin"))
    return _run(_serve(server, reader, StdoutWriter(_own_stdout())))


def serve_tcp(server: RecallServer, host: str, port: int) -> int:
    """Serve the first client that connects; its address is told on standard error.  Raises OSError."""
    return _run(_serve_tcp(server, host, port))


async def _serve(server: RecallServer, reader: Any, writer: Any) -> None:
    server.protocol.set_writer(writer)
    try:
        await run_async(Event(), reader, server.protocol, error_handler=server.report_server_error)
    finally:
        await server.session.close()


async def _serve_tcp(server: RecallServer, host: str, port: int) -> None:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(connect, host, port)
    print("recall-lsp listens on {}:{}".format(*listener.sockets[0].getsockname()[:2]), file=sys.stderr, flush=True)
    reader, writer = await connected
    listener.close()
    try:
        await _serve(server, reader, writer)
    finally:
        writer.close()


def _end_with_client(stdin: int) -> None:
    """A client that reads nothing blocks our writes, which keeps memory flat, but also from seeing that it has left."""
    watch = select.poll()
    watch.register(stdin, 0)
    while not any(event & select.POLLHUP for _, event in watch.poll()):
        time.sleep(_PATIENCE)
    time.sleep(_PATIENCE)
    os._exit(0)  # what the keeper has committed is whole, and it ends with us


def _own_stdout() -> BinaryIO:
    """Standard output for us alone: what any library prints goes to standard error instead."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _run(serving: Any) -> int:
    """pygls ends by SystemExit at `exit`: 0 after a shutdown, 1 without one."""
    sys.setswitchinterval(_SWITCH)
    try:
        asyncio.run(serving)
    except SystemExit as ended:
        return int(ended.code or 0)
    except (KeyboardInterrupt, BrokenPipeError, ConnectionError):
        pass
    return 0
