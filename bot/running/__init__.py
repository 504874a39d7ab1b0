"""A running process that holds the index, and the commands that send it their work."""
