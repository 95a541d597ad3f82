"""Reading history as an auditor does: narrowed, newest first, page by page, at a bounded price."""
