"""The web UI: pages over the same services and rules as the REST API; without script they work, with it they stay fresh."""
