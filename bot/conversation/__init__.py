"""One incoming message, one reply. Knows no Slack and no SQL."""
