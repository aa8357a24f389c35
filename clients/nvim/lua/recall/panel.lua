--- The live panel: a split beside the draft with the notes related to the paragraph at the cursor.  It never takes the
--- focus by itself.
local actions = require('recall.actions')
local cards = require('recall.cards')
local live = require('recall.live')

local M = {}

---@class recall.PanelOptions
---@field width integer
---@field side 'left'|'right'
M.options = { width = 48, side = 'right' }

local NAME = 'recall://related'
local FILETYPE = 'recall'
local HELP = {
  { '<CR>', 'open the note' },
  { 's', 'open it in a split beside' },
  { 'K', 'peek: the passage in a floating window' },
  { 'l', 'insert a link to it' },
  { 'c', 'cite it: insert the sentence with its source and date' },
  { 'd', 'dismiss it: not beside this note again' },
  { 'x', 'never show it again' },
  { 'u', 'undo the last d or x' },
  { 'P', 'pin it, or let it go' },
  { '.', 'pause recall, or go on' },
  { ']]', 'next note' },
  { '[[', 'note before' },
  { 'q', 'close' },
  { '?', 'this help' },
}

local shown = {} ---@type recall.Hit[] the hit that each line belongs to
local hits = {} ---@type recall.Hit[]
local pinned = {} ---@type table<string, recall.Hit> by URI
local message ---@type string? instead of the calm nothing

local made ---@type integer? the panel's buffer

---@return integer?
local function find_buffer() return made and vim.api.nvim_buf_is_valid(made) and made or nil end

--- The panel's window in this tab page.
---@return integer?
function M.window()
  local buffer = find_buffer()
  for _, window in ipairs(buffer and vim.api.nvim_tabpage_list_wins(0) or {}) do
    if vim.api.nvim_win_get_buf(window) == buffer then return window end
  end
end

--- The window in which the writer writes, else any with a file, else a new one.
---@return integer
local function writing_window()
  local window = live.window() or vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(live.is_note)
  return window or vim.api.nvim_open_win(vim.api.nvim_create_buf(true, false), false, { split = 'left', win = -1 })
end

---@return recall.Line[], recall.Hit[]
local function lines_of()
  local lines, owners = {}, {}
  local function add(hit)
    for _, line in ipairs(cards.card(hit, pinned[hit.uri] ~= nil)) do
      table.insert(lines, line)
      owners[#lines] = hit
    end
  end
  local kept = vim.tbl_values(pinned)
  table.sort(kept, function(one, other) return one.title < other.title end)
  vim.iter(kept):each(add)
  vim.iter(hits):filter(function(hit) return not pinned[hit.uri] end):each(add)
  if #lines == 0 then lines = { { { '  ' .. (message or '·'), 'RecallWhy' } } } end
  return lines, owners
end

local function draw()
  local buffer = find_buffer()
  if not buffer then return end
  local window = M.window()
  local under = window and shown[vim.api.nvim_win_get_cursor(window)[1]]
  local lines
  lines, shown = lines_of()
  cards.draw(buffer, lines)
  if not window then return end
  -- A reader in the panel stays at the card where they were; a writer sees the first.
  local row = 1
  if under and window == vim.api.nvim_get_current_win() then
    for line, hit in pairs(shown) do
      if hit.uri == under.uri and (row == 1 or line < row) then row = line end
    end
  end
  vim.api.nvim_win_set_cursor(window, { row, 0 })
end

---@return recall.Hit?
local function hit_here() return shown[vim.api.nvim_win_get_cursor(0)[1]] end

--- To the title of the next card, or with -1 of the one before.
local function step(by)
  local row = vim.api.nvim_win_get_cursor(0)[1]
  local last = vim.api.nvim_buf_line_count(0)
  local next_row = row + by
  while next_row >= 1 and next_row <= last do
    if shown[next_row] and shown[next_row - 1] ~= shown[next_row] then
      return vim.api.nvim_win_set_cursor(0, { next_row, 0 })
    end
    next_row = next_row + by
  end
end

local function help()
  local lines = vim.tbl_map(function(row) return ('%-6s %s'):format(row[1], row[2]) end, HELP)
  vim.lsp.util.open_floating_preview(lines, '', { title = ' recall ', border = 'rounded', focus_id = 'recall.help' })
end

local function pin()
  local hit = hit_here()
  if not hit then return end
  pinned[hit.uri] = not pinned[hit.uri] and hit or nil
  draw()
end

function M.toggle_pause()
  live.pause(not live.paused)
  message = live.paused and 'paused' or nil
  draw()
end

local function map_keys(buffer)
  local function map(key, run, description)
    vim.keymap.set('n', key, run, { buffer = buffer, nowait = true, desc = description })
  end
  local function on_hit(run)
    return function()
      local hit = hit_here()
      if hit then run(hit, writing_window()) end
    end
  end
  local runs = {
    ['<CR>'] = on_hit(actions.open),
    s = on_hit(function(hit, window) actions.open(hit, window, 'vertical') end),
    K = on_hit(actions.peek),
    l = on_hit(actions.link),
    c = on_hit(actions.quote),
    d = on_hit(actions.dismiss),
    x = on_hit(actions.never),
    u = function() actions.undo(writing_window()) end,
    P = pin,
    ['.'] = M.toggle_pause,
    [']]'] = function() step(1) end,
    ['[['] = function() step(-1) end,
    q = '<Cmd>close<CR>',
    ['?'] = help,
  }
  for _, row in ipairs(HELP) do
    map(row[1], runs[row[1]], row[2])
  end
end

---@return integer
local function make_buffer()
  -- A restored session brings an empty buffer of that name.
  local left = vim.fn.bufnr('^' .. NAME .. '$')
  if left >= 0 then vim.api.nvim_buf_delete(left, { force = true }) end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, NAME)
  vim.bo[buffer].bufhidden = 'hide'
  vim.bo[buffer].modifiable = false
  map_keys(buffer)
  -- Neovim looks for all that there is for a file type: that takes longer than the rest, and nothing waits for it.
  vim.schedule(function()
    if vim.api.nvim_buf_is_valid(buffer) then vim.bo[buffer].filetype = FILETYPE end
  end)
  made = buffer
  return buffer
end

--- Show the panel in this tab page; the focus stays where it is.
---@return integer window
function M.open()
  cards.highlights()
  local buffer, window = find_buffer() or make_buffer(), M.window()
  if not window then
    window = vim.api.nvim_open_win(buffer, false, {
      split = M.options.side,
      win = -1,
      width = math.min(M.options.width, math.floor(vim.o.columns / 2)),
      style = 'minimal',
    })
    local here = vim.wo[window][0]
    here.wrap, here.linebreak, here.breakindent, here.winfixwidth = true, true, true, true
    here.winfixbuf = true
  end
  live.again()
  draw()
  return window
end

--- Go into the panel.
function M.focus() vim.api.nvim_set_current_win(M.open()) end

function M.close()
  local window = M.window()
  if window then vim.api.nvim_win_close(window, false) end
end

function M.toggle()
  if M.window() then
    M.close()
  else
    M.open()
  end
end

--- Related notes that were asked for otherwise: for lines, or by a code lens.
---@param found recall.Hit[]
function M.show(found)
  M.open()
  hits, message = found, #found == 0 and 'no past note is near to this' or nil
  draw()
end

--- The n-th related note, counted as the panel shows them.
---@param number integer
---@return recall.Hit?
function M.hit(number)
  local _, owners = lines_of()
  local seen, count = nil, 0
  for line = 1, vim.tbl_count(owners) do
    if owners[line] ~= seen then
      seen, count = owners[line], count + 1
      if count == number then return seen end
    end
  end
end

live.listen('panel', {
  wanted = function() return M.window() ~= nil end,
  told = function(found)
    hits, message = found, nil
    draw()
  end,
})

return M
