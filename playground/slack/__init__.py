"""A local Slack on this machine: real HTTP, real sockets, Slack's rules.

Tests, and the page in the browser, drive the real bot against it. Start at
`playground.slack.workspace.LocalSlack`.
"""
