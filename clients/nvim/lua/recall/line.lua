--- One quiet line at the end of the paragraph: the note that came to mind, and its year.
local actions = require('recall.actions')
local cards = require('recall.cards')
local live = require('recall.live')

local M = {}

local namespace = vim.api.nvim_create_namespace('recall.line')

---@param hits recall.Hit[]
local function told(hits, bufnr)
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1) end
  end
  local hit = hits[1]
  if not hit or bufnr ~= vim.api.nvim_get_current_buf() then return end
  local row = math.max(actions.paragraph_end(bufnr, vim.api.nvim_win_get_cursor(0)[1] - 1) - 1, 0)
  local year = type(hit.written) == 'string' and ', ' .. hit.written:sub(1, 4) or ''
  local text = { ('  ↩ %s%s'):format(cards.flat(hit.title), year), 'RecallLine' }
  vim.api.nvim_buf_set_extmark(bufnr, namespace, row, 0, { virt_text = { text }, hl_mode = 'combine' })
end

function M.setup()
  cards.highlights()
  live.listen('line', { wanted = function() return true end, told = told })
end

return M
