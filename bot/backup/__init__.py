"""Backups of index and database, and their way back."""
