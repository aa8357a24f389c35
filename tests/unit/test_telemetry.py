"""No library may report home: onnxruntime does, from 1.31 on, unless it is told not to before it is imported."""

import os
import subprocess
import sys
from pathlib import Path

from tiny_model import write_compiled

PROGRAM = """
import sys
from pathlib import Path
from recall_lsp.index.encoder import load_encoder

load_encoder(Path(sys.argv[1])).encode(["a text"])
"""


def test_the_encoder_leaves_no_telemetry(tmp_path: Path) -> None:
    model, home = tmp_path / "model", tmp_path / "home"
    home.mkdir()
    write_compiled(model)
    told = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment = told | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    subprocess.run([sys.executable, "-c", PROGRAM, str(model)], env=environment, check=True)
    assert [path for path in home.rglob("*") if path.is_file()] == []
