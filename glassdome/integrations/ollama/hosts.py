"""The hosts of OLLAMA_HOST, of which none may be a public service."""

from __future__ import annotations

from glassdome.core import log
from glassdome.core.model_urls import ollama_urls
from glassdome.integrations.local_network import is_own_network, refuse_public_service

__all__ = ["parse_hosts"]

_log = log.get_logger(__name__)


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return the base URLs; raises ConfigError for what `ollama_urls` does not know, and for public services."""
    urls = ollama_urls(text)
    for url in urls:
        refuse_public_service(url)
        if url.startswith("http://") and not is_own_network(url):
            _log.warning("model_server_without_tls", url=url, advice="mail goes there unencrypted: use https")
    return urls
