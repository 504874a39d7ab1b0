"""A reindex ordered by an admin, reported in one message."""
