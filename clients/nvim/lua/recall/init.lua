--- Recall for Neovim 0.11 and later: past notes related to what is being written.
---
---   require('recall').setup()
---
--- `:Recall` opens the live panel, K shows the card, `;;` and `[[` offer links.  See `:help recall`.
local M = {}

---@class recall.Options
---@field cmd string[] the server's command line
---@field filetypes string[]
---@field settings table<string, any> as in recall.toml
---@field completion boolean open the menu after `[[` and the trigger; false leaves completion to another plugin,
---which is then not offered related notes at every word (unless `settings.completion` says so)
---@field panel recall.PanelOptions|{ open: boolean } `open`: with the first note
---@field line boolean tell the nearest note at the end of the paragraph, in one quiet line
---@field ghost boolean|string ghost text (Neovim 0.12), and the key that takes it; false for none
---@field lens boolean "3 related, oldest 2019" above headings (Neovim 0.12)
---@field pause integer milliseconds without a key before the panel and the line follow
M.defaults = {
  cmd = { 'recall-lsp', 'serve' },
  filetypes = { 'markdown', 'mdx', 'text', 'org' },
  settings = {},
  completion = true,
  panel = { open = false, width = 48, side = 'right' },
  line = false,
  ghost = '<Tab>',
  lens = false,
  pause = 250,
}

local NAME = 'recall'
local group = vim.api.nvim_create_augroup('recall', {})

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

--- The next word of a ghost text alone; a link is one whole, and so is a snippet.
local function word_of(item)
  local text = item.insert_text
  if type(text) ~= 'string' or item.command then return item end
  return vim.tbl_extend('force', item, { insert_text = vim.fn.matchstr(text, [[^\_s*\S\+]]) })
end

--- The key takes the ghost text that is shown, and is itself where none is.
local function enable_ghost(client, bufnr, key)
  if not vim.lsp.inline_completion or not client:supports_method('textDocument/inlineCompletion', bufnr) then return end
  vim.lsp.inline_completion.enable(true, { client_id = client.id })
  if type(key) ~= 'string' then return end
  vim.keymap.set(
    'i',
    key,
    function() return vim.lsp.inline_completion.get() and '' or vim.keycode(key) end,
    { buffer = bufnr, expr = true, replace_keycodes = false, desc = 'Take the ghost text' }
  )
  local function take_word() vim.lsp.inline_completion.get({ on_accept = word_of }) end
  vim.keymap.set('i', '<M-w>', take_word, { buffer = bufnr, desc = 'Take a word of the ghost text' })
  for other, by in pairs({ ['<M-n>'] = 1, ['<M-p>'] = -1 }) do
    local function cycle() vim.lsp.inline_completion.select({ count = by }) end
    vim.keymap.set('i', other, cycle, { buffer = bufnr, desc = 'Another ghost text' })
  end
end

---@param client vim.lsp.Client
---@param bufnr integer
---@param chosen recall.Options
local function attached(client, bufnr, chosen)
  if chosen.completion then require('recall.completion').enable(client, bufnr, chosen.settings.trigger or ';;') end
  if chosen.ghost then enable_ghost(client, bufnr, chosen.ghost) end
  if chosen.lens and vim.lsp.codelens.enable then vim.lsp.codelens.enable(true, { bufnr = bufnr }) end
  if chosen.line then require('recall.line').setup() end
  if chosen.panel.open then
    chosen.panel.open = false
    require('recall.panel').open()
  end
end

--- Words for the status line: `%{v:lua.require'recall'.statusline()}`.
---@return string
function M.statusline() return require('recall.status').line() end

--- Neovim asks again for the notes that are not open, and forgets those that are.
local function refresh_diagnostics(problem, result, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  local provider = client and client.server_capabilities.diagnosticProvider or {}
  for bufnr in pairs(client and client.attached_buffers or {}) do
    local asked = { textDocument = vim.lsp.util.make_text_document_params(bufnr), identifier = provider.identifier }
    client:request('textDocument/diagnostic', asked, nil, bufnr)
  end
  return vim.lsp.handlers['workspace/diagnostic/refresh'](problem, result, context)
end

--- Neovim itself only logs that a server is not there.
local function tell_if_missing(program)
  if vim.fn.executable(program) == 1 then return end
  local help = 'install recall-lsp, or give its whole path to setup({ cmd = { ... } })'
  vim.notify(('recall: `%s` cannot be run: %s'):format(program, help), vim.log.levels.WARN)
end

--- What `setup` was given, with the defaults.
M.options = nil ---@type recall.Options?

---@param chosen recall.Options
local function start(chosen)
  tell_if_missing(chosen.cmd[1])
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
    capabilities = { experimental = { recallChanged = true } },
    handlers = {
      ['recall/changed'] = function() require('recall.live').again() end,
      ['workspace/diagnostic/refresh'] = refresh_diagnostics,
    },
    on_exit = vim.schedule_wrap(function(code, signal) require('recall.restart').exited(code, signal) end),
  })
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if not client or client.name ~= NAME then return end
      require('recall.live').setup(chosen.pause)
      require('recall.panel').options = chosen.panel
      attached(client, event.buf, chosen)
    end,
  })
  vim.lsp.commands['recall.showRelated'] = function(command)
    local bufnr = vim.api.nvim_get_current_buf()
    require('recall.actions').execute(
      bufnr,
      'recall.related',
      command.arguments[1],
      function(result) require('recall.panel').show(result.hits) end
    )
  end
  vim.lsp.commands['recall.showReferences'] = function(command)
    require('recall.actions').references(vim.api.nvim_get_current_buf(), command.arguments[1])
  end
  vim.lsp.enable(NAME)
end

--- Neovim's client is loaded with the first note, and not for who edits no notes today.
---@param chosen recall.Options
local function start_with_first_note(chosen)
  local waiting = vim.api.nvim_create_augroup('recall.start', {})
  local function found(buffer)
    vim.api.nvim_clear_autocmds({ group = waiting })
    start(chosen)
    if vim.v.vim_did_enter == 1 then return end
    -- While Neovim starts, `vim.lsp.enable` leaves alone what is open.
    vim.api.nvim_exec_autocmds('FileType', { group = 'nvim.lsp.enable', buffer = buffer, modeline = false })
  end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.list_contains(chosen.filetypes, vim.bo[buffer].filetype) then return found(buffer) end
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = waiting,
    pattern = chosen.filetypes,
    callback = function(event) found(event.buf) end,
  })
end

---@param options? recall.Options
function M.setup(options)
  if vim.fn.has('nvim-0.11') == 0 then
    return vim.notify('recall: Neovim 0.11 or later is needed', vim.log.levels.ERROR)
  end
  local unknown = vim.tbl_filter(function(name) return M.defaults[name] == nil end, vim.tbl_keys(options or {}))
  if #unknown > 0 then
    table.sort(unknown)
    local told = 'recall: setup does not know %s (see :help recall-setup); what recall.toml knows goes into `settings`'
    vim.notify(told:format(table.concat(unknown, ', ')), vim.log.levels.WARN)
  end
  M.options = vim.tbl_deep_extend('force', M.defaults, options or {})
  -- Such a plugin asks at every letter, which no one means as a question for related notes.
  if not M.options.completion then
    M.options.settings = vim.tbl_extend('keep', M.options.settings, { completion = 'links' })
  end
  vim.api.nvim_create_user_command('Recall', function(command) require('recall.command').run(command) end, {
    nargs = '*',
    range = true,
    complete = function(lead, line) return require('recall.command').complete(lead, line) end,
    desc = 'Past notes related to the paragraph, or to the lines given (see :help recall)',
  })
  start_with_first_note(M.options)
end

return M
