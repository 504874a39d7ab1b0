"""A process that holds the index, and the commands that ask it to do their work."""
