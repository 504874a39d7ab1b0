"""The chat that a conversation is in, when it is Slack: its ports, and what people press."""
