"""Readers of attached files, one module per kind: bytes in, a frozen `Document` out, within bounds."""
