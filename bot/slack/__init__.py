"""Slack adapter: from Slack's events to answers in their threads."""
