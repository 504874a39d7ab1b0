"""A soak: the real bot in a local Slack, with everything that goes wrong in a year, in minutes."""
