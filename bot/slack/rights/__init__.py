"""Rights in Slack: who somebody is, what a channel is, and whose rights count for an answer."""
