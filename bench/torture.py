"""Does anything get lost, or done twice, when processes are killed?

    python bench/torture.py [--kills 1000] [--compiles 20] [--models FOLDER] [--minutes 40] [--workers 1] [--write]

A small vault is written, edited, renamed and deleted in; a process at work on it is killed by SIGKILL at a random
moment.  After each kill: nothing is broken (`recall-lsp check`), no vector that was committed has gone; then the next
keeper runs to its end, and must embed no text that had a vector, leave nothing for `check` to find, and answer with
what the files hold now.  `--models`: compiled models (the folder `models` of a cache), which spares compiling one.
`--minutes`: stop there, with the counts so far.  `--workers`: as many vaults side by side.  `--write`: the section of
KEEPING.md.  `--json`: counts for programs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from keeping_report import machine, markdown_table, write_section
from torture_vault import TortureVault
from torture_work import keep_killed, verify

FORKS = mp.get_context("forkserver")
KINDS = {"keeper at start": 50, "keeper watching": 20, "takeover": 12, "index command": 9, "server": 9}
"""Who is killed, and how often of a hundred."""
_LONGEST = {"keeper at start": 1.2, "keeper watching": 1.6, "takeover": 1.6, "index command": 3.0, "server": 3.5}
_PATIENCE = 120
_FOR_COMPILERS = 0.15
"""Of the time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--compiles", type=int, default=20, help="how often the compiler is killed")
    parser.add_argument("--model", default="default")
    parser.add_argument("--models", type=Path, help="a folder of compiled models")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    started = monotonic()
    counts, troubles = torture(arguments) if arguments.workers == 1 else side_by_side(arguments)
    minutes = (monotonic() - started) / 60
    if arguments.json:
        print(json.dumps({"counts": counts, "troubles": troubles, "minutes": round(minutes, 1)}))
    else:
        print(*(f"{what}: {count}" for what, count in counts.items()), *troubles, sep="\n")
    if arguments.write:
        _write(counts, troubles, minutes)
    sys.exit(1 if troubles else 0)


def torture(arguments: argparse.Namespace) -> tuple[Counter[str], list[str]]:
    """Counts, and what was found wrong, a line each."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="recall-torture-", ignore_cleanup_errors=True) as temporary:
        home = Path(temporary).resolve()
        os.environ["RECALL_CACHE_DIR"], os.environ["RECALL_DATA_DIR"] = str(home / "cache"), str(home / "data")
        if arguments.models:
            shutil.copytree(arguments.models, home / "cache" / "models")
        deadline = monotonic() + arguments.minutes * 60
        first = deadline - (_FOR_COMPILERS * arguments.minutes * 60 if arguments.compiles else 0)
        troubles = kill_keepers(home / "notes", arguments.model, arguments.kills, arguments.seed, first, counts)
        os.environ["RECALL_CACHE_DIR"] = str(home / "compiling")
        troubles += kill_compilers(arguments.model, arguments.compiles, arguments.seed, deadline, counts)
    return counts, troubles


def side_by_side(arguments: argparse.Namespace) -> tuple[Counter[str], list[str]]:
    """The same by several processes, each with a vault and a seed of its own; the first kills the compilers."""
    shared = ["--model", arguments.model, "--minutes", str(arguments.minutes), "--json"]
    shared += ["--models", str(arguments.models)] if arguments.models else []
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, __file__, *shared, "--seed", str(arguments.seed + number)),
                *(
                    "--kills",
                    str(arguments.kills // arguments.workers + (number < arguments.kills % arguments.workers)),
                ),
                *("--compiles", str(0 if number else arguments.compiles)),
            ],
            stdout=subprocess.PIPE,
        )
        for number in range(arguments.workers)
    ]
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for number, worker in enumerate(workers):
        try:
            found = json.loads(worker.communicate()[0])
        except ValueError:
            troubles.append(f"worker {number} ended with code {worker.returncode}")
            continue
        counts.update(found["counts"])
        troubles += [f"worker {number}, {trouble}" for trouble in found["troubles"]]
    return counts, troubles


def kill_keepers(root: Path, model: str, kills: int, seed: int, deadline: float, counts: Counter[str]) -> list[str]:
    """Kill keepers, servers and index commands; what was found wrong, a line each."""
    FORKS.set_forkserver_preload(["torture_work"])
    chance = random.Random(seed)
    vault = TortureVault(root, chance, f'model = "{model}"\n')
    troubles: list[str] = []
    _run(verify, root, vault.wanted())
    for number in range(kills):
        if monotonic() > deadline:
            break
        if number % 50 == 49:
            vault.begin_anew()
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        _kill(kind, vault, chance)
        counts[f"killed: {kind}"] += 1
        found = _run(verify, root, vault.wanted())
        troubles += [f"kill {number}, {kind}: {trouble}" for trouble in found.pop("troubles")]
        counts.update(found)
        counts["kills with anything wrong after"] = len({trouble.split(",")[0] for trouble in troubles})
    return troubles


def _kill(kind: str, vault: TortureVault, chance: random.Random) -> None:
    """Have a process at work on what has changed, and kill it, and its heir, at a random moment."""
    vault.change(chance.randint(0, 25))
    moment = chance.uniform(0, _LONGEST[kind])
    if kind == "index command":
        _kill_program(["index", str(vault.root)], moment, b"")
    elif kind == "server":
        _kill_program(["serve"], moment, _initialize(vault.root))
    else:
        processes = [
            FORKS.Process(target=keep_killed, args=(vault.root, kind == "keeper at start"), daemon=True)
            for _ in range(2 if kind == "takeover" else 1)
        ]
        for process in processes:
            process.start()
        if kind == "keeper watching":
            sleep(moment / 2)
            vault.change(chance.randint(1, 25))
            moment /= 2
        for process in processes:
            sleep(moment)
            process.kill()
            process.join()
            moment = chance.uniform(0, 0.8)  # it has taken over, or is about to


def _kill_program(arguments: list[str], moment: float, said: bytes) -> None:
    command = [sys.executable, "-P", "-m", "recall_lsp", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(said)
    process.stdin.flush()
    sleep(moment)
    process.kill()
    process.wait()
    process.stdin.close()


def _initialize(root: Path) -> bytes:
    folder = {"uri": root.as_uri(), "name": root.name}
    params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}, "workspaceFolders": [folder]}
    messages: tuple[dict[str, Any], ...] = (
        {"id": 1, "method": "initialize", "params": params},
        {"method": "initialized", "params": {}},
    )
    bodies = (json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages)
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)


def _run(work: Any, *arguments: Any) -> dict[str, Any]:
    """What `work` sends, run in a process of its own, so that none has what another left in memory."""
    receive, send = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_send, args=(send, work, *arguments))
    process.start()
    send.close()
    try:
        if not receive.poll(_PATIENCE):
            return {"troubles": [f"the next start did not end in {_PATIENCE} s"]}
        found: dict[str, Any] = receive.recv()
        return found
    except EOFError:
        return {"troubles": ["the next start died"]}
    finally:
        receive.close()
        process.join(5)
        if process.is_alive():
            process.kill()


def _send(send: Connection, work: Any, *arguments: Any) -> None:
    send.send(work(*arguments))
    send.close()


def kill_compilers(model: str, kills: int, seed: int, deadline: float, counts: Counter[str]) -> list[str]:
    """Kill the compiler before, while and after it writes; then the model must be absent or whole, and compile."""
    from recall_lsp.index.compiled import compiled_model, run_compile
    from recall_lsp.index.encoder import load
    from recall_lsp.index.places import models_dir

    chance, troubles = random.Random(seed), []
    for number in range(kills):
        if monotonic() > deadline:
            break
        command = [sys.executable, "-P", "-m", "recall_lsp.index.compile", model]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        begun = monotonic() + _PATIENCE
        while process.poll() is None and monotonic() < begun and not list(models_dir().glob("*.part")):
            sleep(0.01)
        sleep(chance.choice((0.0, 1.0)) * chance.uniform(0, 12))
        process.kill()
        process.wait()
        counts["killed: compiler"] += 1
        if compiled_model(model) is not None:
            counts["compiled models there after all"] += 1
            if load(model) is None:
                troubles.append(f"compiler {number}: what it left cannot be loaded")
            shutil.rmtree(models_dir())
    if kills:
        result = run_compile(model, [])
        left = [path.name for path in models_dir().glob("*.part")]
        if result.error or left or load(model) is None:
            troubles.append(f"after all, the compiler says {result.error!r} and leaves {left}")
    return troubles


def _write(counts: Counter[str], troubles: list[str], minutes: float) -> None:
    rows = [(what, f"{count:,}") for what, count in counts.items()]
    lines = ["## Processes killed at random moments (`bench/torture.py`)", "", machine()]
    lines += [f"{minutes:.0f} minutes.  After each kill: see the bench.", "", *markdown_table(("what", "count"), rows)]
    write_section("torture", [*lines, *(f"- {trouble}" for trouble in troubles)])


if __name__ == "__main__":
    main()
