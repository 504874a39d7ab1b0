"""Operation of the bot: syncs, reindex jobs, health and privacy."""
