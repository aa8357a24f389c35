--- `:checkhealth recall`
local M = {}

local function check_server(command)
  if vim.fn.executable(command[1]) == 0 then
    return vim.health.error(('`%s` cannot be run'):format(command[1]), {
      'Install recall-lsp (its README has the command), or give its whole path to setup({ cmd = { ... } }).',
    })
  end
  vim.health.ok(('the server is started by `%s`'):format(table.concat(command, ' ')))
end

local function check_client(client)
  vim.health.ok(('a server runs for %s'):format(client.root_dir or 'no folder'))
  local answer = client:request_sync('recall/status', vim.empty_dict(), 3000)
  if not answer or answer.err then return vim.health.warn('it does not answer', { 'See :Recall log.' }) end
  for _, folder in ipairs(answer.result.folders) do
    local counts = ('%d notes, %d passages, %d embedded with %s'):format(
      folder.notes,
      folder.passages,
      folder.embedded,
      folder.model
    )
    if folder.state == 'empty' or folder.keeper == 'stopped' then
      vim.health.warn(counts .. ': ' .. folder.message)
    elseif folder.state ~= 'ready' then
      vim.health.ok(('still %s, which goes on by itself: %s'):format(folder.state, folder.message))
    else
      vim.health.ok(counts)
    end
    if #folder.skipped + #folder.problems > 0 then
      vim.health.info(
        ('%d files skipped, %d with problems: see :Recall status'):format(#folder.skipped, #folder.problems)
      )
    end
  end
end

function M.check()
  vim.health.start('recall')
  if vim.fn.has('nvim-0.11') == 0 then return vim.health.error('Neovim 0.11 or later is needed') end
  local options = require('recall').options
  if not options then
    return vim.health.error('nothing is set up', { "Call require('recall').setup() in your configuration." })
  end
  check_server(options.cmd)
  local clients = vim.lsp.get_clients({ name = 'recall' })
  if #clients == 0 then
    vim.health.info('no server runs: one starts with the first note (' .. table.concat(options.filetypes, ', ') .. ')')
  end
  vim.iter(clients):each(check_client)
  if vim.lsp.inline_completion then
    vim.health.ok('ghost text can be shown')
  else
    vim.health.info('ghost text needs Neovim 0.12')
  end
end

return M
