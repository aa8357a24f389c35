;;; recall.el --- Past notes, related to what you write  -*- lexical-binding: t; -*-

;; Copyright (c) 2026 the recall-lsp authors

;; Author: the recall-lsp authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: outlines, convenience, hypermedia
;; URL: https://github.com/recall-lsp/recall-lsp

;; SPDX-License-Identifier: MIT

;; Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
;; documentation files (the "Software"), to deal in the Software without restriction, including without limitation
;; the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
;; to permit persons to whom the Software is furnished to do so, subject to the following conditions:
;;
;; The above copyright notice and this permission notice shall be included in all copies or substantial portions of
;; the Software.
;;
;; THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
;; THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.  IN NO EVENT SHALL THE
;; AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
;; CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
;; IN THE SOFTWARE.

;;; Commentary:

;; Shows, beside a draft, the past notes that are related to the paragraph at point, as the server recall-lsp finds
;; them in the notes folder.
;;
;;   (require 'recall)
;;   (global-recall-mode)
;;
;; Then `M-x recall-panel' opens the panel, `C-h .' shows the related notes or the note that a link leads to, and
;; completion (`C-M-i') after [[ or ;; offers links.  Eglot is the client; `recall-client' chooses lsp-mode instead,
;; which shows ghost text too.

;;; Code:

(require 'eglot)
(require 'project)
(require 'seq)
(require 'subr-x)

(defgroup recall nil
  "Past notes, related to what you write."
  :group 'text
  :prefix "recall-")

(defcustom recall-command '("recall-lsp" "serve")
  "The server's command line."
  :type '(repeat string))

(defcustom recall-settings nil
  "The server's settings, named as in recall.toml: (:limit 3 :quiet 0.3)."
  :type '(plist :key-type symbol))

(defcustom recall-modes '((markdown-mode :language-id "markdown") (gfm-mode :language-id "markdown")
                          (org-mode :language-id "org") (text-mode :language-id "plaintext"))
  "The major modes of notes, as in `eglot-server-programs'.
Modes derived from these are not meant."
  :type '(repeat sexp))

(defcustom recall-client 'eglot
  "What talks to the server."
  :type '(choice (const eglot) (const lsp-mode)))

(defcustom recall-pause 0.25
  "Seconds without a key before the panel follows."
  :type 'number)

(defcustom recall-panel-width 48
  "Columns of the panel."
  :type 'natnum)

(defcustom recall-panel-side 'right
  "Where the panel stands."
  :type '(choice (const right) (const left)))

(defface recall-title '((t :inherit bold)) "A note's title.")
(defface recall-when '((t :inherit shadow)) "A note's age.")
(defface recall-why '((t :inherit shadow :slant italic)) "Why a note is related.")
(defface recall-shared '((t :inherit font-lock-keyword-face)) "A word shared with the paragraph.")
(defface recall-pinned '((t :inherit success)) "The mark of a pinned note.")

;;;; The server

(defclass recall-server (eglot-lsp-server) ()
  :documentation "Eglot's connection to recall-lsp.")

(cl-defmethod eglot-initialization-options ((_server recall-server))
  "The user's settings."
  (or recall-settings (make-hash-table)))

(cl-defmethod eglot-client-capabilities ((_server recall-server))
  "Ask for news, since the panel stands open all the time."
  (plist-put (copy-sequence (cl-call-next-method)) :experimental '(:recallChanged t)))

(cl-defmethod eglot-handle-notification ((_server recall-server) (_method (eql recall/changed)) &rest _)
  "Another answer may have become right."
  (recall--follow t))

(defun recall--contact (&rest _)
  "The server's class and command line, as in `eglot-server-programs'."
  (cons 'recall-server recall-command))

(defun recall--vault (directory)
  "The project of the vault that DIRECTORY lies in, nil for none."
  (when-let* ((root (locate-dominating-file
                     directory
                     (lambda (folder)
                       (seq-some (lambda (mark) (file-exists-p (expand-file-name mark folder)))
                                 '("recall.toml" ".obsidian" "logseq/config.edn"))))))
    (cons 'transient root)))

(defun recall--note-p ()
  "Is the current buffer a file of a note, in a folder that may be served?"
  (and buffer-file-name
       (assq major-mode recall-modes)
       (not (file-equal-p default-directory "~"))))

(declare-function lsp-deferred "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function lsp-request-async "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function lsp-workspaces "lsp-mode")
(declare-function lsp--client-server-id "lsp-mode")
(declare-function lsp--text-document-position-params "lsp-mode")
(declare-function lsp--workspace-client "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function org-fold-show-context "org-fold")
(defvar lsp--cur-workspace)

(defun recall--start-lsp-mode ()
  "Let lsp-mode connect the current buffer."
  (require 'lsp-mode)
  (lsp-register-client
   (make-lsp-client :server-id 'recall
                    :new-connection (lsp-stdio-connection (lambda () recall-command))
                    :activation-fn (lambda (&rest _) (recall--note-p))
                    :initialization-options (lambda () (or recall-settings (make-hash-table)))
                    :custom-capabilities '((experimental . ((recallChanged . t))))
                    :notification-handlers (let ((handlers (make-hash-table :test #'equal)))
                                             (puthash "recall/changed" (lambda (&rest _) (recall--follow t)) handlers)
                                             handlers)
                    :add-on? t))
  (lsp-deferred))

;;;###autoload
(define-minor-mode recall-mode
  "Connect the current buffer, a note, to recall-lsp."
  :lighter (recall--paused " recall paused")
  (cond ((not recall-mode)
         (remove-hook 'project-find-functions #'recall--vault t))
        ((eq recall-client 'lsp-mode)
         (recall--start-lsp-mode))
        (t
         (add-hook 'project-find-functions #'recall--vault nil t)
         ;; In these buffers alone: modes derived from `text-mode' have servers of their own.
         (setq-local eglot-server-programs (list (cons recall-modes #'recall--contact))
                     eglot-sync-connect nil
                     ;; One quiet line while writing; `eldoc-doc-buffer' shows the whole card.
                     eldoc-echo-area-use-multiline-p nil)
         (eglot-ensure))))

(defun recall--turn-on ()
  "Turn on `recall-mode' in a note."
  (when (recall--note-p) (recall-mode)))

;;;###autoload
(define-globalized-minor-mode global-recall-mode recall-mode recall--turn-on
  :group 'recall)

(defun recall--server ()
  "The current buffer's connection: of Eglot, a workspace of lsp-mode, or nil."
  (cond ((eglot-managed-p)
         (let ((server (eglot-current-server)))
           (and (recall-server-p server) server)))
        ((bound-and-true-p lsp-mode)
         (seq-find (lambda (workspace) (eq (lsp--client-server-id (lsp--workspace-client workspace)) 'recall))
                   (lsp-workspaces)))))

(defun recall--plist (value)
  "The VALUE of a JSON document, with plists for lsp-mode's hash tables."
  (cond ((hash-table-p value)
         (let (plist)
           (maphash (lambda (key held) (setq plist `(,(intern (concat ":" key)) ,(recall--plist held) ,@plist))) value)
           plist))
        ((vectorp value) (vconcat (mapcar #'recall--plist value)))
        (t value)))

(defun recall--request (method params then &optional failed)
  "Send METHOD with PARAMS.
THEN takes the result; FAILED is called where there is none."
  (let ((server (recall--server))
        (fail (lambda (&rest _) (if failed (funcall failed) (message "Recall: %s has no answer" method)))))
    (cond ((null server)
           (user-error "Recall: no server for this buffer (M-x eglot, or *EGLOT events*, tells why)"))
          ((recall-server-p server)
           (jsonrpc-async-request server (intern (concat ":" method)) params
                                  :deferred method :success-fn then :error-fn fail :timeout-fn fail))
          (t
           (let ((lsp--cur-workspace server))
             (lsp-request-async method params (lambda (result) (funcall then (recall--plist result)))
                                :mode 'detached :error-handler fail))))))

(defun recall--execute (command arguments &optional then)
  "Run the server's COMMAND with ARGUMENTS, a list; THEN takes the result."
  (recall--request "workspace/executeCommand" (list :command command :arguments (vconcat arguments)) (or then #'ignore)))

(defun recall--place ()
  "Point as parameters of a request."
  (if (eglot-managed-p) (eglot--TextDocumentPositionParams) (lsp--text-document-position-params)))

(defun recall--uri ()
  "The current buffer's URI, as the server knows it."
  (plist-get (plist-get (recall--place) :textDocument) :uri))

;;;; Following the writer

(defconst recall--buffer "*recall*")
(defvar recall--paused nil "Nothing is asked or shown while this is non-nil.")
(defvar recall--window nil "The window that the writer wrote in last.")
(defvar recall--asked nil "The place that was asked about last: buffer, state of its text, line.")
(defvar recall--generation 0 "Answers to any but the newest question are stale.")
(defvar recall--hits nil "What is related to that place.")
(defvar recall--pinned nil "Hits that stay.")

(defun recall--writing-window ()
  "The window in which the writer writes; from the panel, the one left last."
  (when (bound-and-true-p recall-mode) (setq recall--window (selected-window)))
  (and (window-live-p recall--window)
       (buffer-local-value 'recall-mode (window-buffer recall--window))
       recall--window))

(defun recall--follow (&optional again)
  "Ask for what is related to the writer's line, if it is new, or AGAIN."
  (when-let* (((not recall--paused))
              ((get-buffer-window recall--buffer))
              (window (recall--writing-window)))
    (with-current-buffer (window-buffer window)
      (save-excursion
        (goto-char (window-point window))
        (let ((place (list (current-buffer) (buffer-chars-modified-tick) (pos-bol))))
          (when (and (recall--server) (or again (not (equal place recall--asked))))
            (setq recall--asked place)
            (let ((mine (cl-incf recall--generation)))
              (recall--request "recall/related" (recall--place)
                               (lambda (result)
                                 (when (= mine recall--generation)
                                   (setq recall--hits (append (plist-get result :hits) nil))
                                   (recall--draw)))
                               (lambda () (when (= mine recall--generation) (setq recall--asked nil)))))))))))

;;;; The panel

(defvar-keymap recall-panel-mode-map
  :parent special-mode-map
  "RET" #'recall-open
  "o" #'recall-open-other-window
  "SPC" #'recall-peek
  "l" #'recall-insert-link
  "c" #'recall-cite
  "d" #'recall-dismiss
  "x" #'recall-never-show
  "u" #'recall-undo
  "P" #'recall-pin
  "." #'recall-toggle-pause
  "n" #'recall-next
  "p" #'recall-previous
  "?" #'recall-summary)

(define-derived-mode recall-panel-mode special-mode "Recall"
  "The notes related to what is being written in another window.

\\{recall-panel-mode-map}"
  (setq-local mode-line-format '(" recall" (recall--paused " paused") "  ? help")
              cursor-in-non-selected-windows nil
              revert-buffer-function (lambda (&rest _) (recall--follow t)))
  (visual-line-mode)
  (let ((timer (run-with-idle-timer recall-pause t #'recall--follow)))
    (add-hook 'kill-buffer-hook (lambda () (cancel-timer timer)) nil t)))

;;;###autoload
(defun recall-panel ()
  "Show the notes related to the paragraph at point, beside it; again, close them."
  (interactive)
  (if-let* ((window (get-buffer-window recall--buffer)))
      (quit-window nil window)
    (recall--writing-window)
    (with-current-buffer (get-buffer-create recall--buffer)
      (unless (derived-mode-p 'recall-panel-mode) (recall-panel-mode))
      (display-buffer-in-side-window (current-buffer)
                                     `((side . ,recall-panel-side) (window-width . ,recall-panel-width)
                                       (window-parameters . ((no-delete-other-windows . t))))))
    (recall--draw)
    (recall--follow t)))

(defun recall--flat (text)
  "TEXT on one line, of as many characters."
  (replace-regexp-in-string "[[:cntrl:]]" " " text))

(defun recall--marked (hit)
  "The sentence of HIT with the shared words marked."
  (let ((sentence (recall--flat (plist-get hit :sentence))))
    (seq-doseq (mark (plist-get hit :marks))
      (add-face-text-property (plist-get mark :start) (plist-get mark :end) 'recall-shared nil sentence))
    sentence))

(defun recall--pinned-p (hit)
  "Is the note of HIT pinned?"
  (seq-find (lambda (pinned) (equal (plist-get pinned :uri) (plist-get hit :uri))) recall--pinned))

(defun recall--facts (hit)
  "How long ago HIT was written, or where it is, and whether it is linked.
Nothing that its title says already."
  (let ((ago (plist-get hit :ago))
        (path (plist-get hit :path)))
    (string-join
     (delq nil (list (cond ((not (string-empty-p ago)) ago)
                           ((not (equal (file-name-sans-extension path) (plist-get hit :title))) (recall--flat path)))
                     (and (eq (plist-get hit :linked) t) "linked already")))
     "  ")))

(defun recall--why (hit)
  "How sure HIT is, and its reasons."
  (let ((why (recall--flat (plist-get hit :why))))
    (if (string-empty-p why) (plist-get hit :band) (concat (plist-get hit :band) " · " why))))

(defun recall--card (hit)
  "The lines of HIT."
  (let ((facts (recall--facts hit)))
    (propertize
     (concat (if (recall--pinned-p hit) (propertize "● " 'face 'recall-pinned) "  ")
             (propertize (recall--flat (plist-get hit :title)) 'face 'recall-title)
             (if (string-empty-p facts) "" (concat "\n  " (propertize facts 'face 'recall-when)))
             "\n  " (recall--marked hit)
             "\n  " (propertize (recall--why hit) 'face 'recall-why)
             "\n\n")
     'recall-hit hit 'wrap-prefix "  ")))

(defun recall--text ()
  "The text of the panel."
  (let ((hits (append recall--pinned (unless recall--paused (seq-remove #'recall--pinned-p recall--hits)))))
    (cond (hits (mapconcat #'recall--card hits))
          (t (propertize (if recall--paused "  paused" "  ·") 'face 'recall-why)))))

(defun recall--draw ()
  "Show what is related, unless it stands there.
Who reads in the panel stays at the note that they were at."
  (when-let* ((buffer (get-buffer recall--buffer)))
    (with-current-buffer buffer
      (let ((text (recall--text))
            (window (get-buffer-window))
            (inhibit-read-only t)
            (under nil))
        (unless (equal-including-properties text (buffer-string))
          (when (eq window (selected-window))
            (setq under (plist-get (get-text-property (point) 'recall-hit) :uri)))
          (erase-buffer)
          (insert text)
          (goto-char (point-min))
          (while (and under (not (eobp)) (not (equal under (plist-get (get-text-property (point) 'recall-hit) :uri))))
            (recall--to-change #'next-single-char-property-change))
          (when (eobp) (goto-char (point-min)))
          (when window (set-window-point window (point))))))))

(defun recall--to-change (search)
  "Move by SEARCH to where a card begins."
  (goto-char (funcall search (point) 'recall-hit)))

(defun recall-next ()
  "Go to the next note."
  (interactive)
  (recall--to-change #'next-single-char-property-change)
  (when (eobp) (recall--to-change #'previous-single-char-property-change)))

(defun recall-previous ()
  "Go to the note before."
  (interactive)
  (recall--to-change #'previous-single-char-property-change))

(defun recall-summary ()
  "Tell the keys of the panel in brief."
  (interactive)
  (message "%s" (substitute-command-keys "\\<recall-panel-mode-map>\
\\[recall-open] open, \\[recall-open-other-window] in another window, \\[recall-peek] peek, \
\\[recall-insert-link] insert a link, \\[recall-cite] cite
\\[recall-dismiss] not here again, \\[recall-never-show] never show, \\[recall-undo] undo that, \
\\[recall-pin] pin, \\[recall-toggle-pause] pause, \\[quit-window] close, \\[describe-mode] more")))

(defun recall-toggle-pause ()
  "Pause recall, or go on."
  (interactive)
  (setq recall--paused (not recall--paused)
        recall--generation (1+ recall--generation))
  (recall--draw)
  (recall--follow t)
  (force-mode-line-update t))

;;;; What can be done with a related note

(defun recall--hit ()
  "The hit at point in the panel."
  (or (get-text-property (point) 'recall-hit) (user-error "No related note here")))

(defun recall--file (hit)
  "The file of HIT."
  (let ((path (decode-coding-string (url-unhex-string (string-remove-prefix "file://" (plist-get hit :uri))) 'utf-8)))
    (if (string-match-p "\\`/[[:alpha:]]:" path) (substring path 1) path)))

(defun recall--to-line (hit)
  "Go to the line of HIT in its file."
  (goto-char (point-min))
  (forward-line (plist-get hit :line)))

(defun recall--visit (hit find)
  "Open the note of HIT by FIND from where the writer writes."
  (when-let* ((window (recall--writing-window))) (select-window window))
  (push-mark nil t)
  (funcall find (recall--file hit))
  (widen)
  (recall--to-line hit)
  (when (derived-mode-p 'org-mode) (org-fold-show-context)))

(defun recall-open ()
  "Open the note where you write."
  (interactive)
  (recall--visit (recall--hit) #'find-file))

(defun recall-open-other-window ()
  "Open the note in another window."
  (interactive)
  (recall--visit (recall--hit) #'find-file-other-window))

(defun recall-peek ()
  "Show the passage in a window below, or close that."
  (interactive)
  (let* ((hit (recall--hit))
         (buffer (get-buffer-create "*recall peek*"))
         (window (get-buffer-window buffer)))
    (with-current-buffer buffer
      (if (and window (equal hit (get-text-property (point-min) 'recall-hit)))
          (quit-window nil window)
        (special-mode)
        (let ((inhibit-read-only t))
          (erase-buffer)
          (insert-file-contents (recall--file hit))
          (put-text-property (point-min) (point-max) 'recall-hit hit))
        (visual-line-mode)
        (recall--to-line hit)
        (setq window (display-buffer-in-side-window buffer '((side . bottom) (window-height . 0.3))))
        (set-window-point window (point))
        (set-window-start window (pos-bol -2))))))

(defmacro recall--where-written (&rest body)
  "Evaluate BODY in the window in which the writer writes."
  (declare (indent 0) (debug t))
  `(with-selected-window (or (recall--writing-window) (user-error "No note is being written"))
     ,@body))

(defun recall--accepted (hit how)
  "Tell the server that HIT was inserted, and HOW."
  (recall--execute "recall.accepted" (list (list :uri (recall--uri) :note (plist-get hit :uri) :how how))))

(defun recall-insert-link ()
  "Insert a link to the note where you write."
  (interactive)
  (let ((hit (recall--hit)))
    (recall--where-written
      (unless (or (bolp) (memq (char-before) '(?\s ?\t))) (insert " "))
      (insert (plist-get hit :link))
      (recall--accepted hit "link"))))

(defun recall-cite ()
  "Insert the sentence with its source and date below the paragraph."
  (interactive)
  (let ((hit (recall--hit)))
    (recall--where-written
      (save-excursion
        (beginning-of-line)
        (while (not (or (eobp) (looking-at-p "[ \t]*$"))) (forward-line))
        (unless (bolp) (insert "\n"))
        (insert "\n" (string-trim-right (plist-get hit :quote)) "\n"))
      (recall--accepted hit "quote"))))

(defun recall--hide (command arguments told)
  "Run COMMAND with ARGUMENTS for the note at point.
TOLD says where it is not shown from then on."
  (let ((hit (recall--hit)))
    (recall--where-written
      (recall--execute command (list `(:note ,(plist-get hit :uri) ,@(funcall arguments)))
                       (lambda (_)
                         (message "\"%s\" is not shown %s (u takes it back)" (recall--flat (plist-get hit :title)) told)
                         (recall--follow t))))))

(defun recall-dismiss ()
  "Do not show the note beside this one again."
  (interactive)
  (recall--hide "recall.dismiss" (lambda () (list :uri (recall--uri))) "here again"))

(defun recall-never-show ()
  "Do not show the note anywhere again."
  (interactive)
  (recall--hide "recall.neverShow" #'ignore "again"))

(defun recall-undo ()
  "Take back what was hidden last."
  (interactive)
  (recall--where-written
    (recall--execute "recall.undo" nil
                     (lambda (undone)
                       (if undone
                           (message "\"%s\" may be shown again" (recall--flat (plist-get undone :title)))
                         (message "Nothing is hidden"))
                       (recall--follow t)))))

(defun recall-pin ()
  "Pin the note, or let it go."
  (interactive)
  (let* ((hit (recall--hit))
         (pinned (recall--pinned-p hit)))
    (setq recall--pinned (if pinned (remove pinned recall--pinned) (append recall--pinned (list hit))))
    (recall--draw)))

(provide 'recall)
;;; recall.el ends here
