-- What a user of the client writes, with the server of this checkout.
vim.opt.runtimepath:prepend(vim.env.RECALL_CLIENT)
vim.o.swapfile = false
vim.o.termguicolors = true
vim.o.winborder = 'rounded'
require('recall').setup(vim.tbl_extend('force', {
  cmd = { vim.env.RECALL_PYTHON, '-m', 'recall_lsp', 'serve' },
  settings = vim.json.decode(vim.env.RECALL_SETTINGS or '{}'),
}, vim.json.decode(vim.env.RECALL_OPTIONS or '{}')))

-- The status line tells when notes are found by their meaning too, so that a test can wait for it as a person would.
vim.g.recall_state = 'recall starts'
vim.o.laststatus = 2
vim.o.statusline = ' %t %m%=%{recall_state} '
local function look(client)
  local question = { command = 'recall.related', arguments = { { text = 'Waiting for the bread to rise', quiet = 0 } } }
  client:request('workspace/executeCommand', question, function(_, answer)
    for _, hit in ipairs(answer and answer.hits or {}) do
      if vim.list_contains(hit.foundBy, 'meaning') then vim.g.recall_state = 'recall ready' end
    end
    vim.cmd.redrawstatus()
    if vim.g.recall_state ~= 'recall ready' then vim.defer_fn(function() look(client) end, 200) end
  end)
end
vim.api.nvim_create_autocmd('LspAttach', {
  once = true,
  callback = function(event) look(vim.lsp.get_client_by_id(event.data.client_id)) end,
})
