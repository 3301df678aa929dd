-- Neovim 0.11 or newer: put this into your init.lua.
vim.lsp.config("lightship", {
  cmd = { "lightship", "server" },
  filetypes = { "dockerfile" },
  root_markers = { "lightship.toml", ".git" },
})
vim.lsp.enable("lightship")
