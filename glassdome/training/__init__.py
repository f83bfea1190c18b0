"""Training of the built-in engine."""
