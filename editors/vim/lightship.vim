" Vim 8 or newer with the plugin ALE: save this as ~/.vim/ale_linters/dockerfile/lightship.vim.
call ale#linter#Define('dockerfile', {
      \ 'name': 'lightship',
      \ 'lsp': 'stdio',
      \ 'executable': 'lightship',
      \ 'command': '%e server',
      \ 'project_root': {buffer -> fnamemodify(bufname(buffer), ':p:h')},
      \ 'language': 'dockerfile',
      \ })
