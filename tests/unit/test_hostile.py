"""Hostile notes, from the file to the hover card and the completion item."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hostile import SECONDS, check_all, generated, nasties, reading_times
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from vaults import index, problems, read_vault

A_VAULT = 100
VAULTS = 100


async def check_vault(root: Path, notes: dict[str, bytes], opened: int = 1) -> None:
    """All notes are read and may come back; every `opened`th is the buffer that is asked from, too."""
    for path, data in notes.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    assert not {path: taken for path, taken in reading_times(notes).items() if taken > SECONDS}
    assert problems(index(root)) == ""
    vault = read_vault(root)
    known = len(vault.entries) + len(vault.status().skipped) + len(vault.status().failed)
    assert known == len(notes), "each is read or its reason is told"
    buffers = dict(list(notes.items())[::opened])
    assert not {key: taken for key, taken in (await check_all(vault, buffers)).items() if taken > SECONDS}
    vault.close()


@pytest.mark.skipif(os.name != "posix", reason="names are bytes only there")
async def test_nasties(root: Path) -> None:
    await check_vault(root, nasties())


async def test_some_by_chance(root: Path) -> None:
    await check_vault(root, dict(map(generated, range(60))))


@pytest.mark.slow
@settings(
    max_examples=VAULTS, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.lists(st.integers(100, 1 << 32), min_size=A_VAULT, max_size=A_VAULT, unique=True))
async def test_ten_thousand_by_chance(seeds: list[int]) -> None:
    with TemporaryDirectory() as folder:
        await check_vault(Path(folder).resolve(), dict(map(generated, seeds)), opened=4)
