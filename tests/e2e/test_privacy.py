"""No network, files of the user's own alone, and no note text in a log, an error or a message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from editor import CHECKOUT, PARAGRAPH, copy_sample, editor, log_text, notes_in, until
from vaults import write_notes

NO_NETWORK = [sys.executable, str(Path(__file__).with_name("no_network.py"))]
CANARY = "zyxwvut"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A prefix for a command that is ended if it asks for a network socket."""
    for name in [name for name in os.environ if name.startswith(("HF_", "HUGGINGFACE_", "TRANSFORMERS_"))]:
        monkeypatch.delenv(name)
    asks = "import socket; socket.socket(socket.{})"
    ended = {run(*NO_NETWORK, sys.executable, "-c", asks.format(family)) for family in ("AF_INET", "AF_INET6")}
    if 77 in ended:
        pytest.skip("this system has no seccomp")
    assert ended == {-signal.SIGSYS}
    assert run(*NO_NETWORK, sys.executable, "-c", asks.format("AF_UNIX")) == 0
    return NO_NETWORK


def run(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode


async def test_server_and_keeper_ask_for_no_network(tmp_path: Path, tiny: str, no_network: list[str]) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault, model=tiny, prefix=no_network) as window:
        await window.indexed(notes_in(vault))
        assert (await window.status()).folders[0].embedded > 0
        uri = window.open(vault / "now.md", f"{PARAGRAPH} ;;")
        assert await window.completion(uri, 0, len(PARAGRAPH) + 3, typed=";") and await window.hover(uri, 0, 5)
        assert await window.related(uri, 0, 5)


@pytest.mark.slow
async def test_compiling_needs_no_network(tmp_path: Path, no_network: list[str]) -> None:
    """A library that torch loads opens one socket to look at the machine's interfaces: it gets none."""
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault, model="default", prefix=[*no_network, "--refuse"]) as window:

        async def embedded() -> bool:
            folder = (await window.status()).folders[0]
            return bool(folder.state == "ready" and 0 < folder.embedded == folder.passages)

        await until(embedded, patience=240)


@pytest.mark.parametrize("name", ["all-nonsense", "who/what", "../x", "a b"])
def test_a_model_is_fetched_only_over_the_network(tmp_path: Path, name: str) -> None:
    refused = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "hub")}
    refused.pop("HF_HUB_OFFLINE", None)
    command = [sys.executable, "-m", "recall_lsp", "model", "get", name]
    done = subprocess.run(command, env=refused, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert "is this machine on the network?" in done.stdout or "is no name of a model" in done.stdout


@pytest.mark.parametrize("umask", [0, 0o777])
async def test_files_are_the_users_alone(tmp_path: Path, tiny: str, umask: int) -> None:
    vault = copy_sample(tmp_path / "vault")
    before = os.umask(umask)
    try:
        async with editor(tmp_path, vault, model=tiny) as window:
            await window.indexed(notes_in(vault))
            os.umask(before)
            uri = window.open(vault / "now.md", PARAGRAPH)
            await window.raw({"id": "raw-1", "method": "textDocument/hover", "params": {}})  # which is logged
            assert await window.related(uri, 0, 5)
            written = [path for place in ("cache", "data") for path in (tmp_path / place).rglob("*")]
            names = {path.name for path in written}
            assert {"catalog.db-wal", "catalog.db-shm", "keeper.lock", "server.log", "meta.json", "seq"} <= names
            assert any(name.startswith("vectors-") for name in names) and "meta.json" in names
            ours = [path for path in written if "models" not in path.parts]  # the fixture wrote that
            assert {oct(path.stat().st_mode & 0o777) for path in ours if path.is_dir()} == {"0o700"}
            assert {path.stat().st_mode & 0o077 for path in ours} == {0}
    finally:
        os.umask(before)


async def test_no_message_log_or_error_holds_what_a_note_says(tmp_path: Path, tiny: str) -> None:
    nasty: dict[str, str | bytes] = {
        "a.md": f"---\ntitle: [{CANARY}\n: {CANARY}\n---\n# {CANARY}\n\n[[{CANARY}]] {CANARY} {PARAGRAPH}",
        "b.md": f"\udcff{CANARY}".encode("utf-8", "surrogatepass"),
        "c.md": b"\0" + CANARY.encode(),
        "d.org": f"* {CANARY}\n#+begin_src {CANARY}\n",
        "e.md": f"- recall:: {CANARY}\n  {CANARY}:: ((",
        "recall.toml": 'log_level = "info"\nmax_bytes = 1000000\n',
    }
    vault = write_notes(tmp_path / "vault", nasty)
    shown: list[Any] = []
    async with editor(tmp_path, vault, settings={"log_level": "info"}, model=tiny) as window:

        async def settled() -> bool:
            folder = (await window.status()).folders[0]
            return bool((folder.state, folder.keeper) == ("ready", "idle"))

        await until(settled)
        uri = window.open(vault / "now.md", f"{CANARY} {PARAGRAPH} [[{CANARY}")
        at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 3}}
        bad: list[tuple[str, Any]] = [
            ("textDocument/hover", {**at, "position": {"line": CANARY, "character": {CANARY: 1}}}),
            ("textDocument/hover", {CANARY: CANARY}),
            ("textDocument/completion", {**at, "context": {"triggerKind": CANARY}}),
            ("completionItem/resolve", {"label": CANARY, "data": [CANARY]}),
            ("completionItem/resolve", {"label": [CANARY]}),
            ("workspace/executeCommand", {"command": "recall.related", "arguments": [{"text": [CANARY]}]}),
            ("recall/related", {"text": {"x": CANARY}}),
            ("recall/related", [CANARY]),
            ("textDocument/didChange", {"textDocument": CANARY}),
            (CANARY, {CANARY: CANARY}),
        ]
        for method, params in bad:
            reply = await window.raw({"id": "raw-1", "method": method, "params": params})
            if "error" in reply and method != CANARY:
                shown.append(reply["error"])
            note = json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()
            window.write(note)
        await window.raw(f'{{"{CANARY}": '.encode())
        shown += [message.message for message in window.client.messages]
        window.client.messages.clear()
        window.received.pop("window/showMessage", None)
        assert await window.related(uri, 0, 5), "and it goes on"
    assert CANARY not in json.dumps(shown)
    assert CANARY not in log_text(tmp_path)
