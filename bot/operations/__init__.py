"""Keeping the index up to date while the bot answers."""
