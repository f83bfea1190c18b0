"""Ollama: its HTTP API by the official client, with what that API does wrong kept away."""

from glassdome.integrations.ollama.hosts import parse_hosts
from glassdome.integrations.ollama.model import OllamaModel

__all__ = ["OllamaModel", "parse_hosts"]
