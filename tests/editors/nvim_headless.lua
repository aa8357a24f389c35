-- Types RECALL_TYPED at the end of the note, asks for all that the client uses, and writes the answers as JSON
-- to the file RECALL_ANSWERS.
local function answers()
  local function client() return require('recall').client(0) end
  assert(vim.wait(15000, function() return client() and client().initialized end, 20), 'no server attached')
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { '', vim.env.RECALL_TYPED .. ' ;;' })
  local row = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { row, 0 })
  local function place(column)
    return { textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = row - 1, character = column } }
  end
  local function ask(method, params)
    local answer = assert(client():request_sync(method, params, 10000, 0), method .. ' was not answered')
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
  local at_end = vim.tbl_extend('force', place(#vim.api.nvim_get_current_line()), {
    context = { triggerKind = 2, triggerCharacter = ';' },
  })
  assert(vim.wait(30000, function() return vim.g.recall_state == 'recall ready' end, 50), 'the index is not ready')
  return {
    root = client().root_dir,
    completeopt = vim.bo.completeopt,
    triggers = client().server_capabilities.completionProvider.triggerCharacters,
    completion = ask('textDocument/completion', at_end),
    hover = ask('textDocument/hover', place(3)),
    related = ask('workspace/executeCommand', { command = 'recall.related', arguments = { place(3) } }),
  }
end

local ok, result = xpcall(answers, debug.traceback)
vim.fn.writefile({ vim.json.encode(ok and result or { failure = result }) }, vim.env.RECALL_ANSWERS)
vim.cmd(ok and 'qa!' or 'cquit')
