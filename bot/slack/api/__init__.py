"""Calls to Slack's Web API, with their errors, and optional calls."""
