"""Read OLLAMA_HOST in every form that Ollama itself and the seed's compose file know."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from glassdome.core.errors import ConfigError

__all__ = ["ollama_urls", "origin", "quotable"]

_PORT: Final = 11434
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
#: A server told to listen everywhere is asked at home.
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (compared, never bound)
_FIX: Final = "Write host, host:port or a URL; several with commas between."


def ollama_urls(text: str) -> tuple[str, ...]:
    """Return base URLs without repeats: `host`, `host:port`, `:port`, `[::1]:port`, `http://host`, `https://host/path`.

    Port 11434 is meant where no scheme is given, else the scheme's own, as Ollama's client does. Raises ConfigError
    for any other form.
    """
    urls = tuple(dict.fromkeys(_url(part.strip().strip("\"'")) for part in re.split(r"[,;\s]+", text) if part.strip()))
    if not urls:
        raise ConfigError("OLLAMA_HOST names no host.", fix=_FIX)
    return urls


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an http or https URL, in lower case; raises ValueError for a port that is none."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(scheme, 0)


def quotable(text: str) -> str:
    """Return what an error may quote of a URL: neither login nor query, where passwords and keys stand."""
    return text.rpartition("@")[2].partition("?")[0]


def _url(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "http", text
    scheme = scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ConfigError(f"OLLAMA_HOST {quotable(text)!r} is not understood.", fix=_FIX)
    if rest.count(":") > 1 and not rest.startswith("["):
        rest = f"[{rest}]"
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port or (_DEFAULT_PORTS[scheme] if found else _PORT)
    except ValueError as exc:
        raise ConfigError(f"OLLAMA_HOST {quotable(text)!r} is not understood.", fix=_FIX) from exc
    if not parts.hostname and parts.port is None:
        raise ConfigError(f"OLLAMA_HOST {quotable(text)!r} names no host.", fix=_FIX)
    if parts.username or parts.query or parts.fragment:
        raise ConfigError("OLLAMA_HOST may hold no user, query or fragment.", fix=_FIX)
    host = _ANYWHERE.get(parts.hostname or "", parts.hostname or "")
    if not re.fullmatch(r"[\w.:-]+", host):
        raise ConfigError(f"OLLAMA_HOST {quotable(text)!r} is not understood.", fix=_FIX)
    path = parts.path.strip("/")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{f'/{path}' if path else ''}"
