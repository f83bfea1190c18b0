"""Glassdome: an autonomous mail agent and local-LLM e-mail intelligence for self-hosted mail servers."""

__all__ = ["__version__"]

__version__ = "0.1.0"
