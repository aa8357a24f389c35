--- A server that died is started again, at first at once and then more slowly, and given up after a few times.
local M = {}

local MOST = 5
local QUIET = 60000
local died, last = 0, 0

--- Neovim itself has told that it ended.
---@param code integer
---@param signal integer
function M.exited(code, signal)
  local asked_to = (code == 0 and signal == 0) or signal == 15
  if vim.v.exiting ~= vim.NIL or asked_to then return end
  died = vim.uv.now() - last > QUIET and 1 or died + 1
  last = vim.uv.now()
  if died > MOST then
    local words = 'the server keeps ending: see :Recall log and :checkhealth recall'
    return require('recall.actions').say(words, vim.log.levels.ERROR)
  end
  vim.defer_fn(function()
    vim.lsp.enable('recall', false)
    vim.lsp.enable('recall')
  end, 200 * 2 ^ (died - 1))
end

return M
