--- Notes by a query, in words and by meaning: in telescope or fzf-lua where one is there, else in `vim.ui.select`.
local actions = require('recall.actions')
local cards = require('recall.cards')

local M = {}

local MOST = 20
--- Who asks wants an answer: only what is clearly foreign is left out.
local QUIET = 0.1

---@param hit recall.Hit
local function label(hit)
  local facts = hit.ago ~= '' and (' (%s)'):format(hit.ago) or ''
  return ('%s%s  %s'):format(cards.flat(hit.title), facts, cards.flat(hit.sentence))
end

local function in_telescope(found)
  local conf, finders, pickers =
    require('telescope.config').values, require('telescope.finders'), require('telescope.pickers')
  local function entry(hit)
    return {
      value = hit,
      display = label(hit),
      ordinal = label(hit),
      filename = vim.uri_to_fname(hit.uri),
      lnum = hit.line + 1,
    }
  end
  pickers
    .new({}, {
      prompt_title = 'Recall',
      finder = finders.new_table({ results = found, entry_maker = entry }),
      previewer = conf.grep_previewer({}),
      sorter = conf.generic_sorter({}),
    })
    :find()
end

local function in_fzf(found, window)
  local by_label = {}
  for _, hit in ipairs(found) do
    by_label[label(hit)] = hit
  end
  require('fzf-lua').fzf_exec(vim.tbl_map(label, found), {
    prompt = 'Recall> ',
    actions = { default = function(chosen) actions.open(by_label[chosen[1]], window) end },
  })
end

local function in_select(found, window)
  vim.ui.select(found, { prompt = 'Recall', format_item = label, kind = 'recall' }, function(hit)
    if hit then actions.open(hit, window) end
  end)
end

---@param query string
function M.search(query)
  if query == '' then
    return vim.ui.input({ prompt = 'Recall: ' }, function(typed)
      if typed and typed ~= '' then M.search(typed) end
    end)
  end
  local bufnr, window = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  local asked = { text = query, textDocument = { uri = vim.uri_from_bufnr(bufnr) }, limit = MOST, quiet = QUIET }
  actions.execute(bufnr, 'recall.related', asked, function(result)
    if #result.hits == 0 then return actions.say('no note is near to that') end
    local show = in_select
    if pcall(require, 'telescope') then
      show = in_telescope
    elseif pcall(require, 'fzf-lua') then
      show = in_fzf
    end
    show(result.hits, window)
  end)
end

return M
