"""The desk: the use cases, one function for each request that REST, web, MCP and shell may make."""
