"""What Slack tells: which of it are questions to the bot, kept and worked on in their order."""
