"""The ports of a conversation in Slack, and people's clicks in it."""
