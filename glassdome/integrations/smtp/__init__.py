"""Composing mail (pure) and submitting it (RFC 6409), never unencrypted."""
