"""A Slack and a Confluence on this machine, the page that shows them, and the demos.

It speaks to the bot as Slack and Confluence do. The bot knows nothing of it.
"""
