--- Recall for Neovim 0.11 and later: past notes related to what is being written.
---
---   require('recall').setup()
---
--- K shows the card, `;;` and `[[` offer links, `:Recall` lists the related notes in a split.
local M = {}

---@class recall.Options
---@field cmd string[] the server's command line
---@field filetypes string[]
---@field settings table<string, any> as in recall.toml
---@field completion boolean open the menu after `[[` and the trigger; false leaves completion to another plugin
M.defaults = {
  cmd = { 'recall-lsp', 'serve' },
  filetypes = { 'markdown', 'mdx', 'text', 'org' },
  settings = {},
  completion = true,
}

local NAME = 'recall'
local REFERENCE = vim.lsp.protocol.CompletionItemKind.Reference
local INCOMPLETE = vim.lsp.protocol.CompletionTriggerKind.TriggerForIncompleteCompletions
local COMPLETEOPT = 'fuzzy,menuone,noselect,popup'

--- Is it a folder that nobody means as notes: the home folder, or one that holds it?
---@param folder string
local function too_wide(folder)
  local function real(path) return vim.fs.normalize(vim.uv.fs_realpath(path) or path) end
  local home, path = real(vim.uv.os_homedir()), real(folder)
  return path == vim.fs.dirname(path) or vim.startswith(home .. '/', path .. '/')
end

--- The marks of a vault, and not just of a folder above that keeps Logseq's own source.
local function is_vault_mark(name, folder)
  return name == 'recall.toml'
    or name == '.obsidian'
    or (name == 'logseq' and vim.uv.fs_stat(folder .. '/logseq/config.edn') ~= nil)
end

--- A folder served already that holds the file.
local function served_root(file)
  for _, client in ipairs(vim.lsp.get_clients({ name = NAME })) do
    if client.root_dir and vim.startswith(file, client.root_dir .. '/') then return client.root_dir end
  end
end

--- The folder of notes that a file belongs to: a vault, else a repository, else one that is served, else its own.
---@param file string absolute path
---@return string? nil where only the home folder or a wider one is left
function M.root(file)
  local folder = vim.fs.dirname(file)
  local vault, repository = vim.fs.root(file, is_vault_mark), vim.fs.root(file, '.git')
  for _, candidate in ipairs({ vault or folder, repository or folder, served_root(file) or folder }) do
    if candidate ~= folder and not too_wide(candidate) then return candidate end
  end
  if not too_wide(folder) then return folder end
end

--- The server's client at a buffer, if it runs.
---@param bufnr integer
---@return vim.lsp.Client?
function M.client(bufnr) return vim.lsp.get_clients({ name = NAME, bufnr = bufnr })[1] end

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
local function enable_completion(client, bufnr, trigger)
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
      if M.client(bufnr) and (typed:find('%[%[[^%[%]|]+$') or (trigger_query and typed:find(trigger_query))) then
        vim.lsp.completion.get({ ctx = { triggerKind = INCOMPLETE } })
      end
    end,
  })
end

---@param options? recall.Options
function M.setup(options)
  local chosen = vim.tbl_deep_extend('force', M.defaults, options or {})
  -- An empty Lua table would go out as a list.
  local settings = next(chosen.settings) and chosen.settings or vim.empty_dict()
  vim.lsp.config(NAME, {
    cmd = chosen.cmd,
    filetypes = chosen.filetypes,
    settings = { recall = settings },
    init_options = settings,
    root_dir = function(bufnr, on_dir)
      local file = vim.api.nvim_buf_get_name(bufnr)
      local root = vim.bo[bufnr].buftype == '' and file ~= '' and M.root(file)
      if root then on_dir(root) end
    end,
  })
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('recall', {}),
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == NAME and chosen.completion then
        enable_completion(client, event.buf, chosen.settings.trigger or ';;')
      end
    end,
  })
  vim.api.nvim_create_user_command('Recall', function(command) require('recall.panel').open(command) end, {
    nargs = '?',
    range = true,
    complete = function(lead)
      return vim.tbl_filter(function(word) return vim.startswith(word, lead) end, { 'related', 'status' })
    end,
    desc = 'Past notes related to the paragraph (or the lines given); `status` tells what is indexed',
  })
  vim.lsp.enable(NAME)
end

return M
