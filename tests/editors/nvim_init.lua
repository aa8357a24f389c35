-- What a user of the client writes, with the server of this checkout.
vim.opt.runtimepath:prepend(vim.env.RECALL_CLIENT)
vim.o.swapfile = false
vim.o.termguicolors = true
vim.o.winborder = 'rounded'
require('recall').setup({ cmd = { vim.env.RECALL_PYTHON, '-m', 'recall_lsp', 'serve' } })

-- The status line tells when the index has been taken in, so that a test can wait for it as a person would.
vim.o.laststatus = 2
vim.o.statusline = '%t %m %{get(g:, "recall_state", "")}'
local function look(client)
  client:request('workspace/executeCommand', { command = 'recall.status', arguments = {} }, function(_, status)
    vim.g.recall_state = status and status.folders[1] and 'recall ' .. status.folders[1].state or 'recall starts'
    vim.cmd.redrawstatus()
    if vim.g.recall_state ~= 'recall ready' then vim.defer_fn(function() look(client) end, 200) end
  end)
end
vim.api.nvim_create_autocmd('LspAttach', {
  once = true,
  callback = function(event) look(vim.lsp.get_client_by_id(event.data.client_id)) end,
})
