from recall_lsp.notes import plain
read = plain.read
