;;; What a user of the client writes, with the server of this checkout.  -*- lexical-binding: t; -*-
(add-to-list 'load-path (getenv "RECALL_CLIENT"))
(setq inhibit-startup-screen t
      create-lockfiles nil
      make-backup-files nil
      auto-save-default nil
      confirm-kill-processes nil
      lsp-session-file (locate-user-emacs-file "session")
      lsp-auto-guess-root t
      lsp-inline-completion-idle-delay 0.3)
(add-to-list 'auto-mode-alist '("\\.md\\'" . markdown-mode))
(autoload 'markdown-mode "markdown-mode")
(autoload 'gfm-view-mode "markdown-mode")
(load "lsp-mode-autoloads" t t)
(require 'recall)
(setq recall-command (list (getenv "RECALL_PYTHON") "-m" "recall_lsp" "serve")
      recall-client (intern (or (getenv "RECALL_WITH") "eglot")))
(global-recall-mode)
