;; Emacs 29 or newer, or an older one with the packages eglot and dockerfile-mode: put this into your init.el.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((dockerfile-mode dockerfile-ts-mode) . ("lightship" "server"))))
(add-hook 'dockerfile-mode-hook #'eglot-ensure)
(add-hook 'dockerfile-ts-mode-hook #'eglot-ensure)
