;; Does in an Emacs without windows what a person does, and writes down how each step went, as drive.lua does.
(package-initialize)
(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(load (expand-file-name "init.el" user-emacs-directory))
(setq eglot-sync-connect t eglot-confirm-server-initiated-edits nil
      create-lockfiles nil make-backup-files nil vc-handled-backends nil)
(defvar limit (string-to-number (getenv "LIMIT")))
(setq eglot-connect-timeout limit)

(defun step (name act)
  (let ((outcome (condition-case err (progn (funcall act) "") (error (format "%S" err)))))
    (write-region (concat name "\t" (replace-regexp-in-string "[ \t\n]+" " " outcome) "\n") nil (getenv "STEPS") t)))

(defun wait (what condition)
  (let ((end (+ (float-time) limit)) found)
    (while (and (not (setq found (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or found (error "timed out: %s" what))))

(defun finding (text)
  (cl-find-if (lambda (each) (string-match-p text (flymake-diagnostic-text each))) (flymake-diagnostics)))

(step "shows findings where they are"
      (lambda ()
        (find-file (getenv "DOCKERFILE"))
        (run-hooks 'post-command-hook) ; with nobody at the keys, no command ends
        (eglot-current-server)
        (flymake-start)
        (let ((found (wait "findings" (lambda () (finding "pip keeps")))))
          (cl-assert (equal "pip install -r requirements.txt"
                            (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found))))
          (goto-char (flymake-diagnostic-beg found)))))

(step "shows the rule's page"
      (lambda ()
        (let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                      (eglot--TextDocumentPositionParams))))
          (cl-assert (string-match-p "--no-cache-dir" (format "%s" (eglot--hover-info (plist-get hover :contents))))))))

(step "applies the fix under the cursor"
      (lambda ()
        (cl-letf (((symbol-function 'completing-read)
                   (lambda (_prompt choices &rest _)
                     (or (cl-find "Add --no-cache-dir" (mapcar #'car choices) :test #'equal)
                         (error "not offered: %S" (mapcar #'car choices)))))
                  (last-nonmenu-event ?a)) ; chosen with a key, not with the mouse
          (eglot-code-actions (point) (1+ (point)) "quickfix" t))
        (wait "the fix" (lambda () (string-match-p "install --no-cache-dir" (buffer-string))))
        (save-buffer)
        (wait "the finding to go" (lambda () (flymake-start) (not (finding "pip keeps"))))))
(kill-emacs 0)
