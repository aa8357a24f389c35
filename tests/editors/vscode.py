"""A real VS Code with our extension, served to a browser on this machine, and the script that drives it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CLIENT = ROOT / "clients" / "vscode"
SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Light Modern",
    "workbench.tips.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "editor.wordWrap": "on",
    "editor.accessibilitySupport": "off",
    "files.autoSave": "off",
    "git.enabled": False,
}


def installed() -> Path:
    """The folder that holds code-server, its Node and playwright-core; skips where there is none."""
    found = os.environ.get("RECALL_VSCODE", "")
    if not found or not (Path(found) / "code-server").exists():
        pytest.skip("no VS Code: name a folder with code-server, node and pw in RECALL_VSCODE")
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on the PATH")
    return Path(found)


def package(to: Path) -> Path:
    """The extension as a .vsix."""
    if not (CLIENT / "node_modules").is_dir():
        pytest.skip("the extension's tools are not installed: run `npm ci` in clients/vscode")
    command = ["npm", "run", "package", "--", "--out", str(to)]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    return to


def program(at: Path, script: str) -> Path:
    """An executable shell script."""
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(f"#!/bin/sh\n{script}\n")
    at.chmod(0o755)
    return at


def python_extension(to: Path, interpreter: Path) -> Path:
    """A .vsix in the place of the Python extension: it tells that this interpreter is selected, and nothing else."""
    manifest = {
        "name": "python", "publisher": "ms-python", "version": "1.0.0", "engines": {"vscode": "^1.106.0"},
        "main": "./main.js", "activationEvents": [], "capabilities": {"untrustedWorkspaces": {"supported": True}},
    }  # fmt: skip
    main = (
        "exports.activate = () => ({ environments: {"
        f" getActiveEnvironmentPath: () => ({{ path: {json.dumps(str(interpreter))} }}),"
        " resolveEnvironment: async ({ path }) => ({ executable: { uri: require('vscode').Uri.file(path) } }) } });"
    )
    vsix = (
        '<?xml version="1.0" encoding="utf-8"?><PackageManifest Version="2.0.0"'
        ' xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011"><Metadata>'
        '<Identity Language="en-US" Id="python" Version="1.0.0" Publisher="ms-python"/></Metadata><Installation>'
        '<InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation></PackageManifest>'
    )
    with ZipFile(to, "w") as file:
        file.writestr("extension.vsixmanifest", vsix)
        file.writestr("extension/package.json", json.dumps(manifest))
        file.writestr("extension/main.js", main)
    return to


@contextmanager
def vscode(base: Path, vault: Path, env: Mapping[str, str], *extensions: Path) -> Iterator[dict[str, Any]]:
    """VS Code on a vault, with our extension and maybe others; what the scripts that drive it need to know of it."""
    tools, data = installed(), base / "data"
    pid = base / "server.pid"
    server = program(base / "recall-lsp", f'echo $$ > "{pid}"\nexec "{sys.executable}" -m recall_lsp "$@"')
    files = [data / "User" / "settings.json", data / "Machine" / "settings.json"]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(SETTINGS | {"recall.serverPath": str(server)}))
    (base / "shots").mkdir()
    command = [str(tools / "code-server"), "--user-data-dir", str(data), "--extensions-dir", str(base / "extensions")]
    for vsix in extensions:
        install = [*command, "--install-extension", str(vsix)]
        subprocess.run(install, env=dict(env), check=True, capture_output=True, timeout=120)
    port = _free_port()
    options = ["--bind-addr", f"127.0.0.1:{port}", "--auth", "none", "--disable-telemetry", "--disable-update-check"]
    options += ["--disable-getting-started-override", "--reconnection-grace-time", "3"]
    with (base / "code-server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options, str(vault)], env=dict(env), stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield {
                "url": f"http://127.0.0.1:{port}/?folder={vault}",
                "playwright": str(tools / "pw" / "node_modules" / "playwright-core"),
                "chromium": shutil.which("chromium"),
                "shots": str(base / "shots"),
                "answers": str(base / "answers.json"),
                "settings": [str(file) for file in files],
                "server": str(server),
                "serverPid": str(pid),
            }
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def run_driver(script: str, drive: Mapping[str, Any], timeout: float = 420) -> Any:
    """What the script saw, from settings as they were at first."""
    for file in drive["settings"]:
        Path(file).write_text(json.dumps(SETTINGS | {"recall.serverPath": drive["server"]}))
    Path(drive["answers"]).unlink(missing_ok=True)
    env = {**os.environ, "RECALL_DRIVE": json.dumps(drive)}
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, str(HERE / script)], env=env, capture_output=True, text=True, timeout=timeout, check=False
    )
    answers = Path(drive["answers"])
    assert answers.exists(), done.stderr[-2000:]
    return json.loads(answers.read_text(encoding="utf-8"))


def told(seen: Mapping[str, Any], step: str) -> Any:
    assert step in seen, f"the session ended before this: {list(seen)}"
    assert "error" not in seen[step], seen[step]["error"]
    return seen[step]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(url: str) -> None:
    deadline = monotonic() + 60
    while True:
        try:
            urlopen(url, timeout=2).close()
            return
        except (URLError, OSError):
            assert monotonic() < deadline, "VS Code did not start"
            sleep(0.2)
