--- What can be done with a related note.  `window` is the one in which the writer writes.
local M = {}

local PEEK_LINES = 30
local PEEK_BEFORE = 4

---@param message string
---@param level? integer
function M.say(message, level) vim.notify('recall: ' .. message, level or vim.log.levels.INFO) end

--- One of the server's commands.
---@param bufnr integer
---@param command string
---@param argument any
---@param on_result? fun(result: any)
function M.execute(bufnr, command, argument, on_result)
  local client = require('recall').client(bufnr)
  if not client then return M.say('no server for this buffer (:checkhealth recall tells why)', vim.log.levels.WARN) end
  local params = { command = command, arguments = argument and { argument } or nil }
  client:request('workspace/executeCommand', params, function(problem, result)
    if problem then return M.say(problem.message, vim.log.levels.WARN) end
    if on_result then on_result(result) end
  end, bufnr)
end

--- The links to a place, in the location list.
---@param bufnr integer
---@param place { textDocument: lsp.TextDocumentIdentifier, position: lsp.Position }
function M.references(bufnr, place)
  local client = require('recall').client(bufnr)
  if not client then return M.say('no server for this buffer (:checkhealth recall tells why)', vim.log.levels.WARN) end
  local params = vim.tbl_extend('force', place, { context = { includeDeclaration = false } })
  client:request('textDocument/references', params, function(problem, found)
    if problem then return M.say(problem.message, vim.log.levels.WARN) end
    local items = vim.lsp.util.locations_to_items(found or {}, client.offset_encoding)
    M.list('References', items)
  end, bufnr)
end

--- The notes related to the cursor's paragraph, in the location list.
---@param bufnr integer
---@param params table
function M.related(bufnr, params)
  M.execute(bufnr, 'recall.related', params, function(result)
    local function place(hit)
      return { filename = vim.uri_to_fname(hit.uri), lnum = hit.line + 1, col = 1, text = hit.sentence }
    end
    M.list('Related notes', vim.tbl_map(place, result.hits))
  end)
end

---@param title string
---@param items vim.quickfix.entry[]
function M.list(title, items)
  if #items == 0 then return M.say('nothing found') end
  vim.fn.setloclist(0, {}, ' ', { title = title, items = items })
  vim.cmd('lopen')
end

---@param hit recall.Hit
---@param window integer
---@param split? 'vertical' beside
function M.open(hit, window, split)
  vim.api.nvim_set_current_win(window)
  vim.cmd("normal! m'")
  local file = vim.fn.fnameescape(vim.uri_to_fname(hit.uri))
  vim.cmd((split and 'vertical split ' or 'edit ') .. file)
  vim.api.nvim_win_set_cursor(0, { math.min(hit.line + 1, vim.api.nvim_buf_line_count(0)), 0 })
  vim.cmd('normal! zv')
end

--- The passage in a floating window, which goes away as the cursor moves.
---@param hit recall.Hit
function M.peek(hit)
  local file = vim.uri_to_fname(hit.uri)
  local readable, lines = pcall(vim.fn.readfile, file, '', hit.line + PEEK_LINES)
  if not readable then return M.say(hit.path .. ' cannot be read', vim.log.levels.WARN) end
  local shown = vim.list_slice(lines, math.max(hit.line + 1 - PEEK_BEFORE, 1))
  local buffer, float = vim.lsp.util.open_floating_preview(shown, '', {
    title = ' ' .. require('recall.cards').flat(hit.title) .. ' ',
    border = vim.o.winborder ~= '' and vim.o.winborder or 'rounded',
    max_width = 80,
    max_height = PEEK_LINES,
    focus_id = 'recall.peek',
    wrap = true,
  })
  -- Its file type would bring all that a user has for Markdown, in milliseconds that are felt.
  vim.wo[float].conceallevel = 2
  vim.schedule(function()
    if vim.api.nvim_buf_is_valid(buffer) then pcall(vim.treesitter.start, buffer, 'markdown') end
  end)
end

--- The last line of the paragraph that line `row` stands in; lines are counted from 1.
---@param bufnr integer
---@param row integer
---@return integer
function M.paragraph_end(bufnr, row)
  local function is_text(line) return (vim.api.nvim_buf_get_lines(bufnr, line - 1, line, false)[1] or ''):find('%S') end
  while is_text(row + 1) do
    row = row + 1
  end
  return row
end

local function accepted(hit, window, how)
  local bufnr = vim.api.nvim_win_get_buf(window)
  M.execute(bufnr, 'recall.accepted', { uri = vim.uri_from_bufnr(bufnr), note = hit.uri, how = how })
end

--- A link to the note where the cursor stands.
---@param hit recall.Hit
---@param window integer
function M.link(hit, window)
  local bufnr = vim.api.nvim_win_get_buf(window)
  local row, column = unpack(vim.api.nvim_win_get_cursor(window))
  local line = vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1]
  -- In normal mode the cursor stands on a letter: what is inserted comes after it.
  if window ~= vim.api.nvim_get_current_win() or not vim.fn.mode():find('^i') then
    column = math.min(column + #vim.fn.strcharpart(line:sub(column + 1), 0, 1, 1), #line)
  end
  local before = line:sub(1, column)
  local text = ((before == '' or before:find('%s$')) and '' or ' ') .. hit.link
  vim.api.nvim_buf_set_text(bufnr, row - 1, column, row - 1, column, { text })
  vim.api.nvim_win_set_cursor(window, { row, column + #text - 1 })
  accepted(hit, window, 'link')
end

--- The sentence with its source and date, as a quotation below the paragraph.
---@param hit recall.Hit
---@param window integer
function M.quote(hit, window)
  local bufnr = vim.api.nvim_win_get_buf(window)
  local row = M.paragraph_end(bufnr, vim.api.nvim_win_get_cursor(window)[1])
  local lines = vim.split(hit.quote, '\n', { trimempty = true })
  table.insert(lines, 1, '')
  vim.api.nvim_buf_set_lines(bufnr, row, row, false, lines)
  accepted(hit, window, 'quote')
end

--- Not beside this note again.
---@param hit recall.Hit
---@param window integer
function M.dismiss(hit, window)
  local bufnr = vim.api.nvim_win_get_buf(window)
  M.execute(bufnr, 'recall.dismiss', { uri = vim.uri_from_bufnr(bufnr), note = hit.uri }, function()
    M.say(('"%s" is not shown here again (u takes it back)'):format(hit.title))
    require('recall.live').again()
  end)
end

--- Not anywhere again.
---@param hit recall.Hit
---@param window integer
function M.never(hit, window)
  M.execute(vim.api.nvim_win_get_buf(window), 'recall.neverShow', { note = hit.uri }, function()
    M.say(('"%s" is not shown again (u takes it back)'):format(hit.title))
    require('recall.live').again()
  end)
end

---@param window integer
function M.undo(window)
  M.execute(vim.api.nvim_win_get_buf(window), 'recall.undo', vim.empty_dict(), function(undone)
    if not undone or undone == vim.NIL then return M.say('nothing is hidden') end
    M.say(('"%s" may be shown again'):format(undone.title))
    require('recall.live').again()
  end)
end

return M
