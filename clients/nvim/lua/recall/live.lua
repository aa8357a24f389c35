--- Follows the writer: on each pause asks the server for the notes related to the paragraph at the cursor, once for
--- everything that shows them.
local M = {}

---@class recall.Hit as `recall/related` answers it
---@field uri string
---@field path string
---@field title string
---@field written string|vim.NIL ISO date
---@field ago string the same in words
---@field sentence string
---@field marks { start: integer, end: integer }[] code points of the sentence
---@field line integer 0-based
---@field why string
---@field band 'strong'|'likely'|'maybe'
---@field linked boolean
---@field link string what to insert as a link
---@field quote string what to insert as a quotation

---@class recall.Listener
---@field wanted fun(): boolean is anything shown at all?
---@field told fun(hits: recall.Hit[], bufnr: integer)

local listeners = {} ---@type table<string, recall.Listener>
local timer = assert(vim.uv.new_timer())
local generation = 0
local asked = ''
local writing ---@type integer?
local pause = 250

--- Nothing is asked and nothing shown while recall is paused.
M.paused = false
--- How many notes were related when last asked, for the status line.
M.count = 0

local function wanted()
  for _, listener in pairs(listeners) do
    if listener.wanted() then return true end
  end
  return false
end

---@param hits recall.Hit[]
local function tell(hits, bufnr)
  M.count = #hits
  for _, listener in pairs(listeners) do
    if listener.wanted() then listener.told(hits, bufnr) end
  end
end

--- The window in which the writer writes: this one, or from the panel the one left last.
---@return integer?
function M.window()
  local current = vim.api.nvim_get_current_win()
  if M.is_note(current) then
    writing = current
  elseif writing and not M.is_note(writing) then
    writing = nil
  end
  return writing
end

---@param window integer
function M.is_note(window)
  return vim.api.nvim_win_is_valid(window)
    and vim.api.nvim_win_get_config(window).relative == ''
    and vim.bo[vim.api.nvim_win_get_buf(window)].buftype == ''
end

local function ask()
  local window = M.window()
  if not window then return end
  local bufnr = vim.api.nvim_win_get_buf(window)
  local client = require('recall').client(bufnr)
  if M.paused or not client or not wanted() then return end
  local row = vim.api.nvim_win_get_cursor(window)[1]
  local place = ('%d %d %d'):format(bufnr, vim.api.nvim_buf_get_changedtick(bufnr), row)
  if place == asked then return end
  asked, generation = place, generation + 1
  local mine = generation
  local params = vim.lsp.util.make_position_params(window, client.offset_encoding)
  local sent = client:request('recall/related', params, function(problem, result)
    -- A newer question makes this answer stale; one that failed is asked again at the next move.
    if mine ~= generation then return end
    if problem or not result then
      asked = ''
      return
    end
    if not M.paused and vim.api.nvim_buf_is_valid(bufnr) then tell(result.hits, bufnr) end
  end, bufnr)
  if not sent then asked = '' end
end

--- Ask when no key has been pressed for a moment.
function M.soon()
  if wanted() and M.is_note(vim.api.nvim_get_current_win()) then timer:start(pause, 0, vim.schedule_wrap(ask)) end
end

--- Ask again though nothing has moved: the index or what is hidden has changed.
function M.again()
  asked = ''
  timer:start(pause, 0, vim.schedule_wrap(ask))
end

---@param paused boolean
function M.pause(paused)
  M.paused = paused
  if paused then
    generation = generation + 1
    tell({}, 0)
  end
  M.again()
  vim.cmd.redrawstatus()
end

---@param name string
---@param listener recall.Listener
function M.listen(name, listener) listeners[name] = listener end

---@param milliseconds integer
function M.setup(milliseconds)
  pause = milliseconds
  local group = vim.api.nvim_create_augroup('recall.live', {})
  local moves = { 'WinEnter', 'CursorMoved', 'CursorMovedI', 'TextChanged', 'TextChangedI', 'BufEnter' }
  vim.api.nvim_create_autocmd(moves, { group = group, callback = M.soon })
  vim.api.nvim_create_autocmd('LspAttach', { group = group, callback = M.again })
end

return M
