-- Does in a headless Neovim what a person does, one named step after the other, and writes down how each went.
-- $STEPS names the file for that: a line `name<TAB>` for a step that went well, `name<TAB>error` for one that did not.
local limit = tonumber(vim.env.LIMIT) * 1000
local report = assert(io.open(vim.env.STEPS, "w"))

local function step(name, act)
  local ok, err = pcall(act)
  report:write(name, "\t", ok and "" or tostring(err):gsub("%s+", " "), "\n")
  report:flush()
end

local function wait(what, condition)
  assert(vim.wait(limit, condition, 10), "timed out: " .. what)
end

local function equal(got, wanted)
  assert(vim.deep_equal(got, wanted), "got " .. vim.inspect(got) .. ", wanted " .. vim.inspect(wanted))
end

-- The findings as "code line: marked text".
local function findings()
  return vim.tbl_map(function(d)
    -- A finding from before the last change may lie outside of the text.
    local ok, marked = pcall(vim.api.nvim_buf_get_text, 0, d.lnum, d.col, d.end_lnum, d.end_col, {})
    return ("%s %d: %s"):format(d.code, d.lnum + 1, ok and table.concat(marked, "\n") or "?")
  end, vim.diagnostic.get(0))
end

local function has(finding)
  return vim.tbl_contains(findings(), finding)
end

local function press(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), "xt", false)
end

local function window()
  for _, w in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(w).relative ~= "" then return w end
  end
end

local function hover_at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column - 1 })
  wait("the hover window", function()
    if not window() then
      press("K")
      vim.wait(2000, window, 10)
    end
    return window()
  end)
  local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window()), 0, -1, false), "\n")
  vim.api.nvim_win_close(window(), true)
  return text
end

local pip = "pip-cache 4: pip install -r requirements.txt"
local shell = "shell-form-command 6: CMD python -m app"

step("shows findings where they are", function()
  vim.cmd.edit(vim.env.DOCKERFILE)
  equal(vim.bo.filetype, "dockerfile")
  wait("findings", function() return has(pip) and has(shell) end)
end)

step("shows the rule's page in the hover window", function()
  local text = hover_at(4, 30)
  assert(text:find("--no-cache-dir", 1, true), text)
end)

step("keeps the other findings while a broken line is typed", function()
  local before, lost = findings(), {}
  assert(#before > 0, "nothing was found to begin with")
  local watch = vim.api.nvim_create_autocmd("DiagnosticChanged", {
    callback = function()
      for _, finding in ipairs(before) do
        if not has(finding) then table.insert(lost, vim.fn.getline("$") .. " loses " .. finding) end
      end
    end,
  })
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "" })
  vim.api.nvim_win_set_cursor(0, { vim.fn.line("$"), 0 })
  for key in ([[COPY --from= ["a", <<X $]]):gmatch(".") do
    press("A" .. key .. "<Esc>")
    -- A request makes Neovim send what was typed, and its answer comes after the findings were asked for.
    vim.lsp.buf_request_sync(0, "textDocument/hover", vim.lsp.util.make_position_params(0, "utf-16"), limit)
    vim.wait(50)
  end
  wait("a syntax error for " .. vim.fn.getline("$"), function()
    return vim.iter(findings()):any(function(finding) return finding:find("^syntax 7:") end)
  end)
  vim.api.nvim_del_autocmd(watch)
  equal(lost, {})
  vim.cmd("normal! Gdd")
  wait("no syntax error", function()
    return not vim.iter(findings()):any(function(finding) return finding:find("^syntax ") end)
  end)
end)

step("applies the fix under the cursor", function()
  vim.api.nvim_win_set_cursor(0, { 4, 30 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.isPreferred and action.diagnostics and action.diagnostics[1].code == "pip-cache"
    end,
  })
  wait("the fix", function() return vim.fn.getline(4):find("--no-cache-dir", 1, true) end)
  wait("the finding to go", function() return not has(pip) end)
  wait("the other finding", function() return has(shell) end)
  vim.cmd.write()
end)

step("fixes all at once", function()
  vim.cmd.edit(vim.env.FIXALL)
  wait("findings", function() return #findings() > 1 end)
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.lsp.buf.code_action({ apply = true, context = { only = { "source.fixAll" }, diagnostics = {} } })
  wait("the fixes", function() return vim.api.nvim_buf_get_changedtick(0) ~= before end)
  vim.cmd.write()
end)

report:close()
vim.cmd("qall!")
