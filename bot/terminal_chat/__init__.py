"""A conversation in the terminal: the same one as in Slack, with one person and one thread."""
