"""Slack's events: questions to the bot are recognised, stored and worked on in order."""
