"""From Slack's events to answers in their threads."""
