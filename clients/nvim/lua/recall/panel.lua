--- The split that `:Recall` opens.  A line is a list of pieces: { text, highlight group? }.
local M = {}

local namespace = vim.api.nvim_create_namespace('recall')

---@alias recall.Line [string, string?][]

--- What a note says is shown on one line, as text.
local function flat(text) return (text:gsub('%c', ' ')) end

--- A sentence cut where the words shared with the writer's paragraph begin and end.
---@param marks { start: integer, end: integer }[] code points
---@return recall.Line
local function marked(sentence, marks)
  local pieces, at = { { '  ' } }, 0
  local function take(stop, group)
    table.insert(pieces, { vim.fn.strcharpart(sentence, at, stop - at, 0), group })
    at = stop
  end
  for _, mark in ipairs(marks) do
    take(mark.start, nil)
    take(mark['end'], 'RecallShared')
  end
  take(vim.fn.strchars(sentence), nil)
  return pieces
end

---@return recall.Line[]
local function hit_lines(hit)
  local head = { { flat(hit.title), 'RecallTitle' } }
  for _, fact in ipairs({ hit.written, hit.path, hit.linked and 'linked already' or vim.NIL }) do
    if fact ~= vim.NIL then table.insert(head, { '  ' .. flat(fact), 'RecallFact' }) end
  end
  return { head, marked(flat(hit.sentence), hit.marks), {} }
end

---@return recall.Line[]
local function status_lines(status)
  local lines = { { { 'recall-lsp ' .. status.version, 'RecallTitle' } } }
  local function add(text, group) table.insert(lines, { { text, group } }) end
  for _, folder in ipairs(status.folders) do
    add('')
    add(vim.uri_to_fname(folder.uri), 'RecallTitle')
    add(('  %d notes, %d passages, %d embedded with %s'):format(folder.notes, folder.passages, folder.embedded, folder.model))
    add(('  index %s, keeper %s%s'):format(folder.state, folder.keeper, folder.message ~= '' and ': ' .. folder.message or ''))
    for _, group in ipairs({ { 'skipped', folder.skipped }, { 'problem', folder.problems } }) do
      for _, one in ipairs(group[2]) do
        add(('  %s: %s: %s'):format(group[1], flat(one.path), flat(one.message)), 'RecallFact')
      end
    end
  end
  return lines
end

--- The one scratch window: used again while it is open.
---@return integer window
local function panel_window()
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'recall' then return window end
  end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.api.nvim_buf_set_name(buffer, 'recall://related')
  local window = vim.api.nvim_open_win(buffer, true, { split = 'below', win = -1, height = 12, style = 'minimal' })
  local here = vim.wo[window][0]
  here.wrap, here.linebreak, here.breakindent, here.winfixheight = true, true, true, true
  vim.bo[buffer].filetype = 'recall'
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close' })
  return window
end

--- Go to the note in the window that the writer came from.
local function jump(hit, window)
  if not vim.api.nvim_win_is_valid(window) then window = vim.fn.win_getid(vim.fn.winnr('#')) end
  vim.api.nvim_set_current_win(window)
  vim.cmd("normal! m'")
  vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(hit.uri)))
  vim.api.nvim_win_set_cursor(window, { math.min(hit.line + 1, vim.api.nvim_buf_line_count(0)), 0 })
end

---@param lines recall.Line[]
---@param hits table[] the hit that each line belongs to; empty for a text without
local function show(lines, hits)
  local from = vim.api.nvim_get_current_win()
  local window = panel_window()
  local buffer = vim.api.nvim_win_get_buf(window)
  if from == window then from = vim.fn.win_getid(vim.fn.winnr('#')) end
  local function text(line) return table.concat(vim.tbl_map(function(piece) return piece[1] end, line)) end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.tbl_map(text, lines))
  vim.bo[buffer].modifiable = false
  for row, line in ipairs(lines) do
    local column = 0
    for _, piece in ipairs(line) do
      local stop = column + #piece[1]
      if piece[2] then
        vim.api.nvim_buf_set_extmark(buffer, namespace, row - 1, column, { end_col = stop, hl_group = piece[2] })
      end
      column = stop
    end
  end
  vim.api.nvim_set_current_win(window)
  vim.api.nvim_win_set_cursor(window, { 1, 0 })
  vim.keymap.set('n', '<CR>', function()
    local hit = hits[vim.api.nvim_win_get_cursor(0)[1]]
    if hit then jump(hit, from) end
  end, { buffer = buffer, desc = 'Open the note' })
end

---@param bufnr integer
---@param on_result fun(result: table)
local function ask(client, bufnr, command, argument, on_result)
  client:request('workspace/executeCommand', { command = command, arguments = { argument } }, function(problem, result)
    if problem then return vim.notify('recall: ' .. problem.message, vim.log.levels.WARN) end
    on_result(result)
  end, bufnr)
end

local function show_related(result)
  if #result.hits == 0 then return vim.notify('recall: no past note is near to this') end
  local lines, hits = {}, {}
  for _, hit in ipairs(result.hits) do
    for _, line in ipairs(hit_lines(hit)) do
      table.insert(lines, line)
      table.insert(hits, hit)
    end
  end
  show(lines, hits)
end

--- `:Recall`, `:Recall status`, `:'<,'>Recall`.
---@param command vim.api.keyset.create_user_command.command_args
function M.open(command)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = require('recall').client(bufnr)
  for group, link in pairs({ RecallTitle = 'Title', RecallFact = 'Comment', RecallShared = 'Special' }) do
    vim.api.nvim_set_hl(0, group, { link = link, default = true })
  end
  if not client then
    return vim.notify('recall: no server for this buffer (is it a saved note outside the home folder itself?)', vim.log.levels.WARN)
  end
  if command.args == 'status' then
    return ask(client, bufnr, 'recall.status', nil, function(status) show(status_lines(status), {}) end)
  end
  local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
  if command.range > 0 then
    place.position, place.selection = nil, {
      start = { line = command.line1 - 1, character = 0 },
      ['end'] = { line = command.line2, character = 0 },
    }
  end
  ask(client, bufnr, 'recall.related', place, show_related)
end

return M
