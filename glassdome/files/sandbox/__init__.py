"""Readers of attached files in child processes that can open no file, no socket and no further process."""
