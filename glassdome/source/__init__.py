"""Reads mailboxes and changes stored messages, over sessions that a wire client lends."""
