"""Rspamd's controller, and teaching through it."""
