"""Markdown wikis: a folder or a git clone, in the dialect of its site generator."""
