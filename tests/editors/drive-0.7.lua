-- Does in a headless Neovim 0.7 what a person does, and writes down how each step went, as drive.lua does.
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

local function has(code, line, from, to)
  for _, d in ipairs(vim.diagnostic.get(0)) do
    if d.code == code and d.lnum == line - 1 then
      return vim.api.nvim_buf_get_text(0, d.lnum, d.col, d.end_lnum, d.end_col, {})[1]
    end
  end
end

step("shows findings where they are", function()
  vim.cmd("edit " .. vim.env.DOCKERFILE)
  wait("findings", function() return has("pip-cache", 4) == "pip install -r requirements.txt" end)
end)

step("shows the rule's page", function()
  vim.api.nvim_win_set_cursor(0, { 4, 30 })
  vim.lsp.buf.hover()
  local window
  wait("the hover window", function()
    for _, each in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(each).relative ~= "" then window = each end
    end
    return window
  end)
  local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), "\n")
  assert(text:find("--no-cache-dir", 1, true), text)
end)

step("applies the fix under the cursor", function()
  vim.api.nvim_set_current_win(vim.fn.win_getid(1))
  vim.api.nvim_win_set_cursor(0, { 4, 30 })
  vim.ui.select = function(items, _, choose)
    for number, item in ipairs(items) do
      if item[2].title == "Add --no-cache-dir" then return choose(item, number) end
    end
    error("not offered: " .. vim.inspect(items))
  end
  vim.lsp.buf.code_action()
  wait("the fix", function() return vim.fn.getline(4):find("--no-cache-dir", 1, true) end)
  wait("the finding to go", function() return not has("pip-cache", 4) end)
  vim.cmd("write")
end)

report:close()
vim.cmd("qall!")
