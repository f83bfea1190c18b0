"""Plugins, installed as distributions of their own."""
