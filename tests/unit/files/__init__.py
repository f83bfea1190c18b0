"""Tests of the readers of attached files."""
