;; Emacs with dockerfile-mode, or with dockerfile-ts-mode and its grammar: put this into your init.el.
;; Before Emacs 29, eglot is a package too.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((dockerfile-mode dockerfile-ts-mode) . ("lightship" "server"))))
(add-hook 'dockerfile-mode-hook #'eglot-ensure)
(add-hook 'dockerfile-ts-mode-hook #'eglot-ensure)
