"""The same answers for people's agents, over MCP and HTTP, with the rights of the agent's person.
Nothing here writes to a wiki."""
