"""What the bot says, as Slack takes it: text that cannot act, blocks, messages."""
