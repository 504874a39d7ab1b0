"""Verdicts and flags in Slack: cards, forms and announcements."""
