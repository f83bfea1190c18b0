"""Tests of the sandbox for readers of attached files, with real child processes."""
