"""Reads mailboxes: one way for the queue, the agents' results and the mail commands alike."""
