"""Light Markdown: what every page becomes, and how it is read."""
