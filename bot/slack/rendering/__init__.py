"""Rendering for Slack: inert text, blocks, messages."""
