--- `:Recall` and what follows it.
local M = {}

---@param command vim.api.keyset.create_user_command.command_args
local function related_to_lines(command)
  local bufnr = vim.api.nvim_get_current_buf()
  require('recall.actions').execute(bufnr, 'recall.related', {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    selection = {
      start = { line = command.line1 - 1, character = 0 },
      ['end'] = { line = command.line2, character = 0 },
    },
  }, function(result) require('recall.panel').show(result.hits) end)
end

--- An action on the n-th note of the panel, from where one writes.
local function on_hit(name)
  return function(command)
    local number = tonumber(command.fargs[2] or 1) or 1
    local hit = require('recall.panel').hit(number)
    local actions = require('recall.actions')
    if not hit then return actions.say(('there is no related note %d'):format(number)) end
    actions[name](hit, vim.api.nvim_get_current_win())
  end
end

---@type table<string, fun(command: vim.api.keyset.create_user_command.command_args)>
local runs = {
  related = function(command)
    if command.range > 0 then return related_to_lines(command) end
    require('recall.panel').open()
  end,
  list = function()
    local bufnr = vim.api.nvim_get_current_buf()
    local client = require('recall').client(bufnr)
    local place = vim.lsp.util.make_position_params(0, client and client.offset_encoding or 'utf-16')
    require('recall.actions').related(bufnr, place)
  end,
  toggle = function() require('recall.panel').toggle() end,
  focus = function() require('recall.panel').focus() end,
  close = function() require('recall.panel').close() end,
  pause = function() require('recall.panel').toggle_pause() end,
  search = function(command) require('recall.search').search(table.concat(command.fargs, ' ', 2)) end,
  status = function() require('recall.status').open() end,
  undo = function() require('recall.actions').undo(vim.api.nvim_get_current_win()) end,
  log = function()
    local file = vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
    vim.cmd.tabedit(vim.fn.fnameescape(file))
  end,
}
for _, name in ipairs({ 'open', 'peek', 'link', 'quote', 'dismiss', 'never' }) do
  runs[name] = on_hit(name)
end

---@param command vim.api.keyset.create_user_command.command_args
function M.run(command)
  local run = runs[command.fargs[1] or 'related']
  if not run then
    return require('recall.actions').say(('there is no `:Recall %s`'):format(command.fargs[1]), vim.log.levels.WARN)
  end
  run(command)
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  if #vim.split(line, '%s+', { trimempty = true }) > (lead == '' and 1 or 2) then return {} end
  local names = vim.tbl_filter(function(name) return vim.startswith(name, lead) end, vim.tbl_keys(runs))
  table.sort(names)
  return names
end

return M
