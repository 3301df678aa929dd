" Does in a Vim without a terminal what a person does, and writes down how each step went, as drive.lua does.
let s:steps = []

function! s:Step(name, act) abort
  try
    call a:act()
    let l:outcome = ''
  catch
    let l:outcome = substitute(v:exception . ' at ' . v:throwpoint, '\_s\+', ' ', 'g')
  endtry
  call add(s:steps, a:name . "\t" . l:outcome)
  call writefile(s:steps, $STEPS)
endfunction

function! s:Wait(what, Condition) abort
  let l:start = reltime()
  while reltimefloat(reltime(l:start)) < str2nr($LIMIT)
    let l:found = a:Condition()
    if !empty(l:found)
      return l:found
    endif
    sleep 20m
  endwhile
  throw 'timed out: ' . a:what
endfunction

function! s:Finding(code) abort
  return filter(copy(ale#engine#GetLoclist(bufnr(''))), {_, each -> get(each, 'code', '') is# a:code})
endfunction

function! s:Findings() abort
  execute 'edit ' . $DOCKERFILE
  let l:found = s:Wait('findings', {-> s:Finding('pip-cache')})[0]
  let l:marked = strpart(getline(l:found.lnum), l:found.col - 1, l:found.end_col - l:found.col + 1)
  if l:found.lnum != 4 || l:marked isnot# 'pip install -r requirements.txt'
    throw 'marked: ' . l:found.lnum . ': ' . l:marked
  endif
endfunction

function! s:Page() abort
  call cursor(4, 31)
  let g:ale_hover_to_preview = 1
  ALEHover
  call s:Wait('the page', {-> match(s:Preview(), '--no-cache-dir') >= 0})
  pclose
endfunction

function! s:Preview() abort
  for l:window in getwininfo()
    if getwinvar(l:window.winnr, '&previewwindow')
      return join(getbufline(l:window.bufnr, 1, '$'), "\n")
    endif
  endfor
  return ''
endfunction

function! s:Choose(data, items) abort
  for [l:kind, l:item] in a:items
    if l:item.title is# 'Add --no-cache-dir'
      call ale#codefix#ApplyLSPCodeAction(a:data, l:item)
    endif
  endfor
endfunction

function! s:Fix() abort
  call cursor(4, 31)
  call ale#codefix#Execute(0, function('s:Choose'))
  call s:Wait('the fix', {-> getline(4) =~# '--no-cache-dir'})
  write
  call s:Wait('the finding to go', {-> empty(s:Finding('pip-cache'))})
endfunction

function! s:Run() abort
  call s:Step('shows findings where they are', function('s:Findings'))
  call s:Step("shows the rule's page", function('s:Page'))
  call s:Step('applies the fix under the cursor', function('s:Fix'))
  qall!
endfunction

filetype plugin on
" Behind what the user's own configuration does then.
autocmd VimEnter * ++nested call s:Run()
