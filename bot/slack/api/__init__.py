"""Calls to Slack, what becomes of them, and those that are optional."""
