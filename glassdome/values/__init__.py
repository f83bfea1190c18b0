"""Frozen values: what flows between the stages. Nothing here does I/O or decides anything."""
