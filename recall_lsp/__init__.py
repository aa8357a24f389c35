"""recall-lsp: brings a writer's past notes back while they write."""

import os

# onnxruntime reports its use to its makers unless it is told not to before it is imported; nothing here may.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
