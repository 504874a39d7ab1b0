"""The workspaces that Footnote is installed in, and what people of each may be answered from."""
