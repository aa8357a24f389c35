std = 'luajit'
read_globals = { 'vim' }
-- What vim offers to be set.
globals = { 'vim.bo', 'vim.o', 'vim.opt', 'vim.g', 'vim.wo', 'vim.lsp', 'vim.ui' }
max_line_length = 120
