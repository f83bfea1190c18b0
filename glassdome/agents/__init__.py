"""Agents: they watch, act and report on behalf of a person, within limits that person set."""
