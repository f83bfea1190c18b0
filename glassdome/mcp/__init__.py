"""The actions of the service and of the agent as an MCP server, for other agents. Needs the extra `mcp`.

`tools` is the table of what there is, `server` answers calls, `stdio` and `http` carry them. Nothing here decides or
stores by itself: each tool does what the REST route or the agent's action of the same purpose does.
"""
