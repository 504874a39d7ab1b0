"""Block Kit as Slack enforces it: what a message or view may consist of."""
