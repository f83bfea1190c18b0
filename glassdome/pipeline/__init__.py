"""The way of a message: the order of the stages, and what drives it."""
