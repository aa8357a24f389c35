--- The menu of Neovim's own completion, opened and kept open for links.
local M = {}

local REFERENCE = vim.lsp.protocol.CompletionItemKind.Reference
local INCOMPLETE = vim.lsp.protocol.CompletionTriggerKind.TriggerForIncompleteCompletions
local COMPLETEOPT = 'fuzzy,menuone,noselect,popup'

--- Neovim replaces what stands before the cursor alone; a link may have to replace more, such as a `]]`.
local function take_out_rest(client)
  local given = vim.tbl_get(vim.v.completed_item, 'user_data', 'nvim', 'lsp') or {}
  local item = given.completion_item
  if given.client_id ~= client.id or not item.textEdit then return end
  local range, encoding = item.textEdit.range, client.offset_encoding
  local rest = range['end'].character - range.start.character - vim.str_utfindex(item.filterText, encoding)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local tail = vim.api.nvim_get_current_line():sub(column + 1)
  local stop = column + vim.str_byteindex(tail, encoding, rest, false)
  vim.api.nvim_buf_set_text(0, row - 1, column, row - 1, stop, {})
end

--- Open the menu on the server's trigger characters, and keep it open while a link or a query is being typed: the
--- menu of Neovim closes when the writer is faster than the answer.
---@param client vim.lsp.Client
---@param bufnr integer
---@param trigger string
function M.enable(client, bufnr, trigger)
  vim.bo[bufnr].completeopt = COMPLETEOPT
  vim.lsp.completion.enable(true, client.id, bufnr, {
    autotrigger = true,
    -- Beside a note stands its date alone: the card, which opens when it is selected, needs the room.
    convert = function(item)
      if item.kind ~= REFERENCE then return {} end
      return { kind = '', menu = item.detail }
    end,
  })
  vim.api.nvim_create_autocmd('CompleteDone', {
    group = vim.api.nvim_create_augroup('recall.accepted.' .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      if vim.v.event.reason == 'accept' then take_out_rest(client) end
    end,
  })
  local trigger_query = trigger ~= '' and vim.pesc(trigger) .. '%S+$' or nil
  vim.api.nvim_create_autocmd('TextChangedI', {
    group = vim.api.nvim_create_augroup('recall.completion.' .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      local typed = vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2])
      if
        require('recall').client(bufnr)
        and (typed:find('%[%[[^%[%]|]+$') or (trigger_query and typed:find(trigger_query)))
      then
        vim.lsp.completion.get({ ctx = { triggerKind = INCOMPLETE } })
      end
    end,
  })
end

return M
