" Vim 8 or newer with the plugin ALE: put this into your vimrc.
function! LightshipRoot(buffer) abort
  return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

function! LightshipSetUp() abort
  call ale#linter#Define('dockerfile', {
        \ 'name': 'lightship',
        \ 'lsp': 'stdio',
        \ 'executable': 'lightship',
        \ 'command': '%e server',
        \ 'project_root': function('LightshipRoot'),
        \ 'language': 'dockerfile',
        \ })
endfunction

let g:ale_linters = extend(get(g:, 'ale_linters', {}), {'dockerfile': ['lightship']})
autocmd VimEnter * call LightshipSetUp()
