"""Attached files, from their bytes to sections. Nothing is fetched."""
