"""JSON forms of our values, one module per value, shared by the REST API, MCP, the shell, the pages and the agents."""
