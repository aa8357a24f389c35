-- Loaded before the plugin: times each of its callbacks that Neovim's main loop runs, and what it does at the start.
-- `cost()` gives, for each callback by file and line, the milliseconds of its calls and those on the processor.
local ffi = require('ffi')
ffi.cdef('typedef struct { long s, ns; } instant; int clock_gettime(int clock, instant *now);')
local THREAD_CPU = ffi.os == 'OSX' and 16 or 3
local taken = {}

--- Milliseconds that this thread, and no other of Neovim's, was on the processor.
local function worked()
  local now = ffi.new('instant')
  ffi.C.clock_gettime(THREAD_CPU, now)
  return tonumber(now.s) * 1e3 + tonumber(now.ns) / 1e6
end

---@param run function
---@return string? file and line, where the plugin has written it
local function place(run)
  local told = debug.getinfo(run, 'S')
  local file = told.source:match('/lua/recall/([%w_]+%.lua)$')
  return file and ('%s:%d'):format(file, told.linedefined)
end

local function timed(run)
  local where = type(run) == 'function' and place(run)
  if not where then return run end
  return function(...)
    local began, before = vim.uv.hrtime(), worked()
    local results = vim.F.pack_len(run(...))
    taken[where] = taken[where] or {}
    table.insert(taken[where], { (vim.uv.hrtime() - began) / 1e6, worked() - before })
    return vim.F.unpack_len(results)
  end
end

--- Let `owner[name]` get timed callbacks, at `at` among its arguments, or in the `key` of the table there.
local function wrap(owner, name, at, key)
  local original = owner[name]
  owner[name] = function(...)
    local arguments = vim.F.pack_len(...)
    local given = arguments[at]
    if key and type(given) == 'table' then
      given[key] = timed(given[key])
    else
      arguments[at] = timed(given)
    end
    return original(vim.F.unpack_len(arguments))
  end
end

wrap(vim.api, 'nvim_create_autocmd', 2, 'callback')
wrap(vim.api, 'nvim_create_user_command', 2)
wrap(vim.keymap, 'set', 3)
wrap(vim, 'schedule', 1)
wrap(vim, 'schedule_wrap', 1)
wrap(vim, 'defer_fn', 1)
wrap(require('vim.lsp.client'), 'request', 4)

function _G.cost() return taken end

vim.opt.runtimepath:prepend(vim.env.RECALL_CLIENT)
require('recall').setup({
  cmd = { vim.env.RECALL_PYTHON, '-m', 'recall_lsp', 'serve' },
  settings = { quiet = 0, limit = 20 },
  line = true,
})
