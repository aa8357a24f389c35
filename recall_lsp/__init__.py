"""recall-lsp: brings a writer's past notes back while they write."""

__version__ = "0.1.0"
