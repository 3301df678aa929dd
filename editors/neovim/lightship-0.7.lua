-- Neovim 0.7 to 0.10: put this into your init.lua.
vim.api.nvim_create_autocmd("FileType", {
  pattern = "dockerfile",
  callback = function(event)
    local options = {
      name = "lightship",
      cmd = { "lightship", "server" },
      root_dir = vim.fn.fnamemodify(event.file, ":p:h"),
    }
    if vim.lsp.start then
      vim.lsp.start(options)
    else
      vim.lsp.buf_attach_client(event.buf, vim.lsp.start_client(options))
    end
  end,
})
