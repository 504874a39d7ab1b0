"""`/wiki ...`: one module a subcommand, put together in `bot.slack.app`."""
