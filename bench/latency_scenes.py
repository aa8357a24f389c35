"""What `latency.py` measures, a scene each: every scene has a server of its own, so that a failure costs one scene."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psutil
from embedding_rate import EMBEDDING, Throughput, embedded, index_folder, measure_throughput
from stdio_client import Client, GoneError, Progress, serve, until
from typing_load import Buffer, Measured, Writer, note_files, something, write_each, write_on

from recall_lsp.index.catalog import open_catalog
from recall_lsp.notes.read import decode

READING, COMPILING = "Reading notes", "Preparing the language model"
RATE = 5.0
"""Requests a second of a writer."""
SETTINGS = {"quiet": 0}
"""Silence would be quicker than an answer: every request is answered in full."""
_LONG = 1500.0
Change = Callable[[Sequence[Path]], dict[Path, int | None]]
"""What is done to files, and the paths and times that the catalog must then hold (None: not hold)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each part takes: seconds of the embedding alone and of typing beside it, numbers of the rest."""

    alone: float = 60.0
    typing: float = 80.0
    bare_texts: int = 250
    requests: int = 200
    pause: float = 0.05
    restarts: int = 5
    saves: int = 20
    touched: int = 200
    renamed: int = 20


QUICK = Plan(2.0, 3.0, 60, 20, 0.02, 2, 5, 20, 5)


@dataclass(frozen=True, slots=True)
class Place:
    """The copied vault, the cache of its index, what is typed, and how long it all may take."""

    vault: Path
    cache: Path
    buffers: Sequence[Buffer]
    phrases: Sequence[str]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident and unshared bytes of both processes at a moment."""

    when: str
    server: tuple[int, int]
    keeper: tuple[int, int]


@dataclass(slots=True)
class Cold:
    """Seconds from spawn by name, latencies while it reads and while it embeds, and how fast it embeds."""

    seconds: dict[str, float] = field(default_factory=dict)
    reading: Measured = field(default_factory=dict)
    embedding: Measured = field(default_factory=dict)
    throughput: Throughput = field(default_factory=Throughput)
    memory: list[Memory] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a restart, a touch or a rename made the keeper do: vectors before and after, embedding steps told."""

    what: str
    before: int
    after: int
    steps: int


async def cold_until_meaning(place: Place) -> Cold:
    """A fresh cache, nobody typing, until the first answer by meaning: with the model to be compiled, or not."""
    cold = Cold()
    async with serve(place.vault, place.cache, SETTINGS) as client:
        cold.seconds["reply to initialize"] = client.initialized
        cold.seconds["first lexical answer"] = await _first_answer(client, place)
        cold.seconds["all notes read"] = (await _told(client, READING, whole=True)).at - client.spawned
        embedding = await _told(client, EMBEDDING)
        compiled = _seen(client, COMPILING, whole=True)
        if compiled is not None:
            cold.seconds["model compiled"] = compiled.at - client.spawned
        cold.seconds["first passages embedded"] = embedding.at - client.spawned
        cold.seconds["first answer by meaning too"] = await _first_answer(client, place, "meaning")
    return cold


async def cold_and_typing(place: Place) -> Cold:
    """A fresh cache but a compiled model: type while it reads, let it embed alone, then type while it embeds."""
    cold, plan = Cold(), place.plan
    async with serve(place.vault, place.cache, SETTINGS) as client:
        cold.seconds["reply to initialize"] = client.initialized
        cold.seconds["first lexical answer"] = await _first_answer(client, place)
        writer = Writer(client, place.buffers, place.phrases)
        await write_on(writer, lambda: not _seen(client, READING, whole=True), RATE, cold.reading)
        cold.seconds["all notes read"] = (await _told(client, READING, whole=True)).at - client.spawned
        if _seen(client, COMPILING) is not None:
            raise GoneError("the model was not there compiled")
        cold.seconds["first passages embedded"] = (await _told(client, EMBEDDING)).at - client.spawned
        paused = await measure_throughput(client, place.cache, plan.alone, plan.bare_texts, cold.throughput)
        until_then = perf_counter() + plan.typing
        await write_on(writer, lambda: not _at_end(client) and perf_counter() < until_then, RATE, cold.embedding)
        cold.memory.append(memory(client, "while embedding"))
        done = await _told(client, EMBEDDING, whole=True)
        cold.seconds["fully embedded"] = done.at - client.spawned - paused
        await client.idle(_LONG)
    return cold


async def warm(place: Place) -> tuple[dict[str, list[float]], Memory]:
    """Restarts on the full index: seconds to initialize and to the first full answer, and memory then."""
    found: dict[str, list[float]] = {"reply to initialize": [], "first full answer": []}
    for _ in range(place.plan.restarts):
        async with serve(place.vault, place.cache, SETTINGS) as client:
            found["reply to initialize"].append(client.initialized)
            found["first full answer"].append(await _first_answer(client, place, "meaning"))
            await client.idle(_LONG)
            told = memory(client, "after a warm start")
    return found, told


async def idle(place: Place) -> tuple[Measured, Measured, Memory]:
    """Latencies with each text another and with the text unchanged; memory after all that."""
    plan = place.plan
    async with serve(place.vault, place.cache, SETTINGS) as client:
        await client.idle(_LONG)
        writer = Writer(client, place.buffers, place.phrases)
        await write_each(writer, 3, plan.pause, repeat=False)  # what is made once
        changed = await write_each(writer, plan.requests, plan.pause, repeat=False)
        again = await write_each(writer, plan.requests, plan.pause, repeat=True)
        count = sum(len(timings.milliseconds) for timings in (*changed.values(), *again.values(), *again.values()))
        return changed, again, memory(client, f"after {count} requests")


async def saves(place: Place) -> dict[str, list[float]]:
    """Milliseconds from a new note's write to its being found by a word that only it holds."""
    seed = random.Random(7)
    found: dict[str, list[float]] = {"seen by the watcher": [], "told by didSave": []}
    async with serve(place.vault, place.cache, SETTINGS) as client:
        await client.idle(_LONG)
        await _first_answer(client, place)  # what is imported once
        for at in range(place.plan.saves):
            for name, milliseconds in found.items():
                word = "zq" + "".join(seed.choices("bcdfghklmnprtvwxz", k=10))
                note = place.vault / f"Latency {name} {at}.md"
                text = f"# A note of {at}\n\n{place.buffers[at % len(place.buffers)].begun} {word}\n"
                written = perf_counter()
                note.write_text(text, encoding="utf-8")
                if name == "told by didSave":
                    client.notify("textDocument/didSave", {"textDocument": {"uri": note.as_uri()}})
                await until(lambda word=word, note=note: _finds(client, word, note.name), 30, 0.005)  # type: ignore[misc]
                milliseconds.append((perf_counter() - written) * 1e3)
                await client.idle(_LONG)
    return found


async def embeds_nothing_again(place: Place) -> list[Kept]:
    """A restart, a touch between two sessions (watchers need not tell of one) and a rename in a session."""
    plan, files = place.plan, note_files(place.vault)
    touched = files[:: max(1, len(files) // plan.touched)][: plan.touched]
    renamed = files[1 :: max(1, len(files) // plan.renamed)][: plan.renamed]
    return [
        await _kept(place, "a restart", [], _touch, False),
        await _kept(place, f"a touch of {len(touched)} files", touched, _touch, False),
        await _kept(place, f"a rename of {len(renamed)} files", renamed, _rename, True),
    ]


async def _kept(place: Place, what: str, files: Sequence[Path], change: Change, running: bool) -> Kept:
    before = embedded(place.cache)[0]
    wanted = {} if running else change(files)
    async with serve(place.vault, place.cache, SETTINGS) as client:
        await client.idle(_LONG)
        told = len(client.progress) if running else 0
        wanted = change(files) if running else wanted
        await until(lambda: _holds(place, wanted), 60, 0.1)
        await asyncio.sleep(1)
        await client.idle(_LONG)
        steps = sum(step.stage == EMBEDDING for step in client.progress[told:])
    return Kept(what, before, embedded(place.cache)[0], steps)


async def sizes(place: Place) -> dict[str, float]:
    """Bytes of the notes and of each part of the index; numbers of notes and passages."""
    async with serve(place.vault, place.cache, SETTINGS) as client:
        await client.idle(_LONG)
        status = await client.status()
    folder = index_folder(place.cache)
    parts = {"catalog": "catalog.db*", "full-text view": "lexical/**/*", "vectors": "vectors-*"}
    return {
        "notes": status["notes"],
        "passages": status["passages"],
        "text": sum(path.stat().st_size for path in note_files(place.vault)),
    } | {name: sum(path.stat().st_size for path in folder.glob(glob) if path.is_file()) for name, glob in parts.items()}


def memory(client: Client, when: str) -> Memory:
    def bytes_of(process: psutil.Process) -> tuple[int, int]:
        told = process.memory_full_info()
        return told.rss, told.uss

    return Memory(when, bytes_of(client.server), bytes_of(client.keeper))


async def _first_answer(client: Client, place: Place, found_by: str = "words") -> float:
    """Seconds from spawn until a text of the newest notes brings a hit that was found by words, or by meaning."""
    newest = max(note_files(place.vault)[:50_000], key=lambda path: path.stat().st_mtime_ns)
    texts = [(decode(newest.read_bytes()) or "")[-600:], *(buffer.begun for buffer in place.buffers[:3])]

    async def there() -> bool:
        for text in texts:
            answer, _ = await client.request("recall/related", {"text": text, "limit": 5})
            if any(found_by in hit["foundBy"] for hit in answer["hits"]):
                return True
        return False

    await until(there, _LONG if found_by == "meaning" else 120, 0.02)
    return perf_counter() - client.spawned


async def _finds(client: Client, word: str, name: str) -> bool:
    answer, _ = await client.request("recall/related", {"text": word, "limit": 5})
    return something(answer) and any(hit["path"] == name for hit in answer["hits"])


def _seen(client: Client, stage: str, whole: bool = False) -> Progress | None:
    """The first progress told of a stage, or with `whole` the first that told its end."""
    steps = (step for step in client.progress if step.stage == stage)
    return next((step for step in steps if not whole or step.done == step.total), None)


def _at_end(client: Client) -> bool:
    return bool(client.progress) and not client.progress[-1].stage


async def _told(client: Client, stage: str, whole: bool = False) -> Progress:
    async def seen() -> bool:
        return _seen(client, stage, whole) is not None

    await until(seen, _LONG, 0.05)
    found = _seen(client, stage, whole)
    assert found is not None
    return found


def _touch(files: Sequence[Path]) -> dict[Path, int | None]:
    for path in files:
        os.utime(path)
    return {path: path.stat().st_mtime_ns for path in files}


def _rename(files: Sequence[Path]) -> dict[Path, int | None]:
    renamed = {path: path.with_name(f"Renamed {path.name}") for path in files}
    for path, new in renamed.items():
        shutil.move(path, new)
    return dict.fromkeys(renamed) | {new: new.stat().st_mtime_ns for new in renamed.values()}


async def _holds(place: Place, wanted: dict[Path, int | None]) -> bool:
    """Whether the catalog holds these files with these times, and not those with None."""
    with contextlib.closing(open_catalog(index_folder(place.cache) / "catalog.db", write=False)) as catalog:
        known = dict(catalog.execute("SELECT path, mtime_ns FROM notes"))
    return all(known.get(path.relative_to(place.vault).as_posix()) == time for path, time in wanted.items())
