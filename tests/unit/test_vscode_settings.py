"""The settings that VS Code offers are those of the server, with the same defaults."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

from recall_lsp.config import Options

CLIENT = Path(__file__).parents[2] / "clients" / "vscode"


def camel_case(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def test_every_setting_is_offered_with_its_default() -> None:
    offered = json.loads((CLIENT / "package.json").read_text("utf-8"))["contributes"]["configuration"]["properties"]
    passed_on = re.findall(r'"(\w+)"', (CLIENT / "src" / "settings.ts").read_text("utf-8").partition("as const")[0])
    names = {field.name for field in fields(Options)}
    for name in names:
        default = getattr(Options(), name)
        wanted = list(default) if isinstance(default, tuple) else default
        assert offered[f"recall.{camel_case(name)}"]["default"] == wanted, name
    assert sorted(passed_on) == sorted(map(camel_case, names))
