--- What is indexed: `:Recall status`, and a few words for the status line.
local M = {}

local words = ''

vim.api.nvim_create_autocmd('LspProgress', {
  group = vim.api.nvim_create_augroup('recall.status', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= 'recall' then return end
    local value = event.data.params.value
    local what, percentage = value.title or value.message or 'indexing', value.percentage
    words = value.kind == 'end' and '' or ' ' .. what .. (percentage and (' %d%%'):format(percentage) or '')
    vim.cmd.redrawstatus()
  end,
})

--- For the status line: nothing without a server, else how many notes are near, or what recall is doing.
---@return string
function M.line()
  local live = require('recall.live')
  if not require('recall').client(vim.api.nvim_get_current_buf()) then return '' end
  if live.paused then return 'recall paused' end
  if words ~= '' then return 'recall' .. words end
  return live.count > 0 and ('recall %d'):format(live.count) or 'recall'
end

---@param status table as `recall/status` answers it
---@return string[]
function M.lines(status)
  local flat = require('recall.cards').flat
  local lines = { 'recall-lsp ' .. status.version }
  for _, folder in ipairs(status.folders) do
    vim.list_extend(lines, {
      '',
      vim.uri_to_fname(folder.uri),
      ('  %d notes, %d passages, %d embedded with %s'):format(
        folder.notes,
        folder.passages,
        folder.embedded,
        folder.model
      ),
      ('  index %s, keeper %s%s'):format(
        folder.state,
        folder.keeper,
        folder.message ~= '' and ': ' .. flat(folder.message) or ''
      ),
    })
    for _, group in ipairs({ { 'skipped', folder.skipped }, { 'problem', folder.problems } }) do
      for _, one in ipairs(group[2]) do
        table.insert(lines, ('  %s: %s: %s'):format(group[1], flat(one.path), flat(one.message)))
      end
    end
  end
  return lines
end

---@param status table
local function show(status)
  vim.lsp.util.open_floating_preview(M.lines(status), '', {
    border = 'rounded',
    title = ' recall ',
    focus_id = 'recall.status',
    focus = true,
    max_height = vim.o.lines - 6,
    wrap = true,
  })
end

function M.open() require('recall.actions').execute(vim.api.nvim_get_current_buf(), 'recall.status', nil, show) end

return M
