"""Nothing leaves the house: which model servers are the owner's own."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from glassdome.core.errors import ConfigError

__all__ = ["refuse_public_service"]

#: Public inference services, by the ends of their host names. A company's own server on the internet is its owner's
#: business; these are never one.
_PUBLIC: Final = (
    "openai.com", "openai.azure.com", "anthropic.com", "googleapis.com", "mistral.ai", "groq.com", "together.ai",
    "together.xyz", "openrouter.ai", "deepseek.com", "cohere.com", "cohere.ai", "perplexity.ai", "fireworks.ai",
    "replicate.com", "huggingface.co", "deepinfra.com", "x.ai", "ollama.com", "anyscale.com", "cerebras.ai",
    "sambanova.ai", "nvidia.com", "amazonaws.com", "cloudflare.com", "moonshot.cn", "moonshot.ai", "aliyuncs.com",
    "baidubce.com", "bigmodel.cn", "z.ai", "novita.ai", "hyperbolic.xyz", "nebius.com", "ai21.com", "lepton.ai",
)  # fmt: skip


def refuse_public_service(url: str) -> None:
    """Raise ConfigError for the address of a public inference service: mail may not go there."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if any(host == name or host.endswith(f".{name}") for name in _PUBLIC):
        raise ConfigError(
            f"{host} is a public service, and mail must stay on your own machines.",
            fix="Name a model server of your own.",
        )


def is_own_network(url: str) -> bool:
    """Return whether the host is loopback, a private address or a bare name: where plain HTTP is no risk."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa", ".localhost"))
