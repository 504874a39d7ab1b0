"""The workspaces that Footnote is installed in, and the wikis that each gets answers from."""
