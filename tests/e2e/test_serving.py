"""Bad requests, settings, cancelling, starting and ending: the real server process."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from pathlib import Path

import attrs
import psutil
import pytest
from editor import CHECKOUT, PARAGRAPH, Editor, capabilities, copy_sample, editor, log_text, notes_in, until
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcRequestCancelled
from pytest_lsp.client import make_test_lsp_client

SECRET = "my secret diary"


async def test_every_bad_request_gets_an_error_that_tells_nothing(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        uri = window.open(vault / "now.md", SECRET)
        document = {"textDocument": {"uri": uri}}
        for method, params, code in (
            ("textDocument/hover", document, -32602),
            ("textDocument/hover", {**document, "position": {"line": SECRET, "character": 0}}, -32602),
            ("textDocument/completion", {**document, "position": {"line": -5, "character": 0}}, -32602),
            ("recall/related", {"textDocument": [SECRET]}, -32602),
            ("recall/related", {}, -32602),
            ("workspace/executeCommand", {"command": "recall.related", "arguments": [SECRET]}, -32602),
            ("textDocument/inlineCompletion", {**document, "context": {"triggerKind": 0}}, -32602),
            ("textDocument/unheardOf", {}, -32601),
        ):
            reply = await window.raw({"id": "raw-1", "method": method, "params": params})
            assert reply["error"]["code"] == code, reply
            assert SECRET not in json.dumps(reply)
            assert "Traceback" not in json.dumps(reply) and str(CHECKOUT) not in json.dumps(reply)
        assert (await window.raw(b"{no json"))["error"]["code"] == -32700
        assert (await window.raw(b"[]"))["error"]["code"] == -32600
        assert await window.hover(uri, 0, 3) is None  # and it still serves
    assert SECRET not in log_text(tmp_path)


async def test_cancelled_requests_are_answered_as_such(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", PARAGRAPH)
        params = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 9}}
        outcomes = set()
        for number in range(20):
            asking = window.client.protocol.send_request_async(  # type: ignore[no-untyped-call]
                "recall/related", params, msg_id=f"cancel-{number}"
            )
            asked = asyncio.create_task(asking)
            await asyncio.sleep(0)
            window.client.cancel_request(types.CancelParams(f"cancel-{number}"))
            try:
                await asked
                outcomes.add("answered")
            except JsonRpcException as error:
                assert error.code == JsonRpcRequestCancelled.CODE
                outcomes.add("cancelled")
        assert "cancelled" in outcomes
        assert await window.related(uri, 0, 9)


async def test_what_one_window_teaches_the_other_knows_at_once_and_later(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as one, editor(tmp_path, vault) as other:
        await one.indexed(notes_in(vault))
        uri = one.open(vault / "now.md", PARAGRAPH)
        other.open(vault / "now.md", PARAGRAPH)

        async def follows() -> bool:
            return len(await other.related(uri, 0, 9)) == len(await one.related(uri, 0, 9))

        await until(follows)
        first, second, *_ = [hit.uri for hit in await one.related(uri, 0, 9)]
        await one.command("recall.dismiss", {"uri": uri, "note": first})
        await other.command("recall.neverShow", {"note": second})
        for window in (one, other):
            shown = {hit.uri for hit in await window.related(uri, 0, 9)}
            assert shown and not shown & {first, second}
            card = await window.hover(uri, 0, 9)
            assert card is not None and first not in str(card.contents) and second not in str(card.contents)
    async with editor(tmp_path, vault) as later:
        await later.indexed(notes_in(vault))
        later.open(vault / "now.md", PARAGRAPH)
        assert not {hit.uri for hit in await later.related(uri, 0, 9)} & {first, second}
        await later.command("recall.undo")
        await later.command("recall.undo")
        assert [hit.uri for hit in await later.related(uri, 0, 9)][:2] == [first, second]


async def test_wrong_settings_are_told_once_and_the_rest_holds(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    (vault / "recall.toml").write_text('limit = "many"\nhover = "links"\n', "utf-8")
    async with editor(tmp_path, vault, settings={"quiet": 7, "colour": "red"}, initial={"limit": 2}) as window:
        await window.indexed(notes_in(vault))

        async def told() -> bool:
            return len(window.client.messages) >= 3

        await until(told)
        messages = sorted(message.message for message in window.client.messages)
        assert [message.type for message in window.client.messages] == [types.MessageType.Warning] * 3
        assert "colour" in messages[0] and "limit" in messages[1] and "quiet" in messages[2]
        uri = window.open(vault / "now.md", PARAGRAPH)
        assert await window.hover(uri, 0, 5) is None  # hover = "links"
        window.client.set_configuration({"recall": {"model": "none", "quiet": 0, "hover": "all"}})
        window.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))

        async def shown() -> bool:
            return await window.hover(uri, 0, 5) is not None

        await until(shown)
        assert len(await window.related(uri, 0, 5)) == 2  # from initializationOptions
        assert len(window.client.messages) == 3
        window.client.messages.clear()
        window.received.pop("window/showMessage")


async def test_recall_toml_is_followed_though_the_client_watches_no_files(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    client = capabilities(registers_completion=True)
    async with editor(tmp_path, vault, client_capabilities=client) as window:
        await window.indexed(notes_in(vault))
        assert "settings-file" not in window.registered
        assert triggers(window) == ["!", "#", "(", ";", "[", "^"]
        uri = window.open(vault / "now.md", PARAGRAPH + " @@")
        assert await window.completion(uri, 0, len(PARAGRAPH) + 3, typed="@") == []
        (vault / "recall.toml").write_text('trigger = "@@"\nlimit = 2\n', "utf-8")

        async def registered() -> bool:
            return triggers(window) == ["!", "#", "(", "@", "[", "^"]

        await until(registered)
        assert await window.completion(uri, 0, len(PARAGRAPH) + 3, typed="@") != []
        assert len(await window.related(uri, 0, 5)) == 2


def triggers(window: Editor) -> list[str]:
    """As the server last registered them; [] if it has not."""
    made = window.registered.get("completion")
    return list(made.register_options["triggerCharacters"]) if made is not None else []  # type: ignore[index]


@pytest.mark.parametrize("folder", ["/", "home"])
async def test_folders_that_are_too_wide_are_refused(tmp_path: Path, folder: str) -> None:
    root = Path.home() if folder == "home" else Path("/")
    async with editor(tmp_path, root) as window:
        assert (await window.status()).folders == []
        assert len(window.client.messages) == 1
        assert "name the folder that holds your notes" in window.client.messages.pop().message
        window.received.pop("window/showMessage")


async def test_no_folder_is_quiet(tmp_path: Path) -> None:
    async with editor(tmp_path) as window:
        uri = window.open(tmp_path / "now.md", "Some words")
        assert await window.hover(uri, 0, 3) is None
        assert await window.completion(uri, 0, 3) == []
        assert await window.related(uri, 0, 3) == []


@pytest.mark.parametrize("how", ["input ends", "exit", "killed"])
async def test_the_end_of_the_server_is_the_end_of_its_keeper(tmp_path: Path, how: str) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        process = window.client._server
        assert process is not None and process.stdin is not None
        family = psutil.Process(window.pid).children(recursive=True)
        assert family, "there is a keeper"
        if how == "input ends":
            process.stdin.close()
        elif how == "exit":
            await window.client.shutdown_async(None)
            window.client.exit(None)
        else:
            process.kill()
        await asyncio.wait_for(process.wait(), 10)
        assert process.returncode == (0 if how != "killed" else -9)

        async def gone() -> bool:
            return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family)

        await until(gone)


async def test_a_keeper_that_dies_is_started_again(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        keeper = keepers(window.pid)[0]
        keeper.kill()

        async def another() -> bool:
            return any(child.pid != keeper.pid for child in keepers(window.pid))

        await until(another)
        (vault / "Quagga.md").write_text("# Quagga\n\nA quagga lost its stripes.\n", "utf-8")
        await window.indexed(notes_in(vault))


async def test_two_windows_share_one_keeper_and_the_second_takes_over(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")

    async with editor(tmp_path, vault) as second:
        async with editor(tmp_path, vault) as first:
            states: set[str] = set()

            async def settled() -> bool:
                states.clear()
                states.update([(await window.status()).folders[0].keeper for window in (first, second)])
                return states == {"idle", "waiting"}

            await until(settled)
            for window in (first, second):
                uri = window.open(vault / "now.md", PARAGRAPH)
                assert (await window.related(uri, 0, 5))[0].path == "Counting to ten.md"
        await second.indexed(notes_in(vault))  # idle: it keeps now, if it did not before


async def test_over_tcp(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "recall_lsp", "serve", "--tcp", "127.0.0.1:0"]
    environment = os.environ | {"RECALL_CACHE_DIR": str(tmp_path / "cache")}
    process = await asyncio.create_subprocess_exec(*command, stderr=PIPE, env=environment, cwd=CHECKOUT)
    assert process.stderr is not None
    told = (await asyncio.wait_for(process.stderr.readline(), 60)).decode().strip()
    client = make_test_lsp_client()
    await client.start_tcp("127.0.0.1", int(told.rpartition(":")[2]))
    result = await client.initialize_session(types.InitializeParams(types.ClientCapabilities()))
    assert result.server_info is not None and result.server_info.name == "recall-lsp"
    await client.shutdown_session()
    assert await asyncio.wait_for(process.wait(), 10) == 0


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "recall_lsp", "serve", "--tcp", address]
        environment = os.environ | {"RECALL_CACHE_DIR": str(tmp_path / "cache")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=CHECKOUT, timeout=60)
    assert done.returncode == 1
    assert address in done.stderr and len(done.stderr.splitlines()) == 1


def keepers(pid: int) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if "keep" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.slow
async def test_by_meaning_too_and_without_torch_in_the_server(tmp_path: Path) -> None:
    """The whole thing: the model compiled by its own process, hits found by meaning, torch mapped nowhere else."""
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault, model="default") as window:
        uri = window.open(vault / "now.md", "An infant wakes every hour and a half; her parents are exhausted.")

        async def ready() -> bool:
            folder = (await window.status()).folders[0]
            return bool(folder.state == "ready" and folder.embedded == folder.passages > 0)

        await until(ready, patience=300)  # compiling takes its time
        hits = await window.related(uri, 0, 9)
        assert any("meaning" in hit.foundBy for hit in hits)
        assert "Three weeks old.md" in [hit.path for hit in hits]
        mapped = Path(f"/proc/{window.pid}/maps").read_text("utf-8")
        assert "onnxruntime" in mapped
        assert "libtorch" not in mapped


def test_start_imports_are_lean() -> None:
    """The modules of a server that has answered `initialize`: no model libraries, no index."""
    program = "import sys, recall_lsp.lsp.server; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"torch", "transformers", "sentence_transformers", "onnxruntime", "tantivy", "numpy"}


async def test_indexing_is_paused_and_resumed_by_command(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))

        async def command(name: str) -> None:
            await window.client.workspace_execute_command_async(types.ExecuteCommandParams(name))

        async def paused() -> bool:
            return bool((await window.status()).folders[0].keeper == "paused")

        await command("recall.pauseIndexing")
        await until(paused)
        assert "paused" in (await window.status()).folders[0].message
        notes = notes_in(vault)
        (vault / "Quagga.md").write_text("# Quagga\n\nA quagga lost its stripes.\n", "utf-8")
        await asyncio.sleep(1)
        assert (await window.status()).folders[0].notes == notes
        await command("recall.resumeIndexing")
        await window.indexed(notes + 1)


@pytest.mark.parametrize("asked", [True, False])
async def test_who_asks_for_it_is_told_when_another_answer_may_be_right(tmp_path: Path, asked: bool) -> None:
    vault = copy_sample(tmp_path / "vault")
    able = attrs.evolve(capabilities(), experimental={"recallChanged": asked})
    async with editor(tmp_path, vault, client_capabilities=able) as window:
        told = window.received
        await window.indexed(notes_in(vault))
        first = told["recall/changed"]
        (vault / "Quagga.md").write_text("# Quagga\n\nA quagga lost its stripes.\n", "utf-8")
        await window.indexed(notes_in(vault))
        await window.status()

        async def told_again() -> bool:
            return told["recall/changed"] > first > 0

        if asked:
            await until(told_again)
        else:
            assert not told["recall/changed"]
