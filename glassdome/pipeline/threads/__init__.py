"""Follows threads: reads turns in all folders, computes the states, and marks the mails."""
