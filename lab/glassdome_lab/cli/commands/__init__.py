"""Declarations of the lab's commands; the work is imported when one is called."""
