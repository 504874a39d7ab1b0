"""A local Slack on this machine: real HTTP, real sockets, Slack's rules.

Tests (and later a page in the browser) drive the real bot against it. Start at
`bot.playground.workspace.LocalSlack`.
"""
