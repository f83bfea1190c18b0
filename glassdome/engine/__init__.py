"""Engines: ways from a message to an opinion."""
