"""The bot: from question to answer."""
