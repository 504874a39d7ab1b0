"""The conversation: an incoming message gets one reply. This folder knows no Slack and no SQL."""
