"""The desk: requests that callers may make, and what is then done; shared by REST, web, MCP and shell."""
