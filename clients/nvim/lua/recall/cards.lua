--- Hits as lines of text with highlights.  A line is a list of pieces: { text, highlight group? }.
local M = {}

---@alias recall.Line [string, string?][]

local LINKS = {
  RecallTitle = 'Title',
  RecallWhen = 'Comment',
  RecallWhy = 'Comment',
  RecallShared = 'Special',
  RecallPinned = 'Identifier',
  RecallLine = 'Comment',
}

--- What a note says is shown on one line, as text.
---@param text string
function M.flat(text) return (text:gsub('%c', ' ')) end

function M.highlights()
  for group, link in pairs(LINKS) do
    vim.api.nvim_set_hl(0, group, { link = link, default = true })
  end
end

--- A sentence cut where the words shared with the writer's paragraph begin and end.
---@param hit recall.Hit
---@return recall.Line
local function marked(hit)
  local sentence = M.flat(hit.sentence)
  local pieces, at = { { '  ' } }, 0
  local function take(stop, group)
    table.insert(pieces, { vim.fn.strcharpart(sentence, at, stop - at, 0), group })
    at = stop
  end
  for _, mark in ipairs(hit.marks) do
    take(mark.start, nil)
    take(mark['end'], 'RecallShared')
  end
  take(vim.fn.strchars(sentence), nil)
  return pieces
end

--- How long ago it was written, or where it is, and whether it is linked: nothing that its title says already.
---@param hit recall.Hit
local function facts(hit)
  local where = vim.fn.fnamemodify(hit.path, ':r') ~= hit.title and M.flat(hit.path) or ''
  local told = { hit.ago ~= '' and hit.ago or where, hit.linked and 'linked already' or '' }
  return table.concat(vim.tbl_filter(function(fact) return fact ~= '' end, told), '  ')
end

---@param hit recall.Hit
---@param pinned boolean
---@return recall.Line[]
function M.card(hit, pinned)
  local lines = { { { pinned and '● ' or '  ', 'RecallPinned' }, { M.flat(hit.title), 'RecallTitle' } } }
  local when = facts(hit)
  if when ~= '' then table.insert(lines, { { '  ' .. when, 'RecallWhen' } }) end
  local why = hit.why ~= '' and hit.band .. ' · ' .. M.flat(hit.why) or hit.band
  vim.list_extend(lines, { marked(hit), { { '  ' .. why, 'RecallWhy' } }, {} })
  return lines
end

---@param line recall.Line
function M.text(line)
  return table.concat(vim.tbl_map(function(piece) return piece[1] end, line))
end

local drawn = {} ---@type table<integer, recall.Line[]> by buffer

--- Put lines into a scratch buffer; what stands there already is left alone, so that nothing flickers.
---@param buffer integer
---@param lines recall.Line[]
function M.draw(buffer, lines)
  if vim.deep_equal(drawn[buffer], lines) then return end
  drawn[buffer] = lines
  local namespace = vim.api.nvim_create_namespace('recall.cards')
  local texts = vim.tbl_map(M.text, lines)
  vim.bo[buffer].modifiable = true
  local old = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local top = 0
  while top < math.min(#old, #texts) and old[top + 1] == texts[top + 1] do
    top = top + 1
  end
  if top < math.max(#old, #texts) then
    vim.api.nvim_buf_set_lines(buffer, top, -1, false, vim.list_slice(texts, top + 1))
  end
  vim.bo[buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
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
end

return M
