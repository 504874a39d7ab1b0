"""Light Markdown: the form of every page, and its reader."""
