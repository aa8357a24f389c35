"""Hits to the language server protocol.  Only this folder knows LSP types."""
