"""`python -m recall_lsp` is `recall-lsp`."""

from recall_lsp.cli import main

main()
