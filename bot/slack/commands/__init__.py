"""The command `/wiki ...`: one module for each subcommand, composed in `bot.serving`."""
