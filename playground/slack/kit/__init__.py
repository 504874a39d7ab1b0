"""Block Kit as Slack enforces it: the valid content of messages and views."""
