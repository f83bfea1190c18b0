"""Answers in the owner's name."""
