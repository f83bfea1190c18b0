"""Limits what a stored setting may do: where a language model lives, and who gets its key, is for environment and file.

A key with write access stores settings in `llm_config`. It may choose a model and tune it; it may not send the
owner's mail, or the model server's key, to a host that the owner did not name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from glassdome.core.config.checks import engine_plugins
from glassdome.core.config.field import parts_of
from glassdome.core.errors import ConfigError
from glassdome.core.model_urls import ollama_urls, origin, quotable

if TYPE_CHECKING:
    from glassdome.core.config.model import ModelSettings

__all__ = ["EDITABLE", "check_model_hosts", "key_belongs", "may_fetch", "refused_places"]

#: What `llm_config` may change, named one by one: a new setting is not among them by accident.
EDITABLE: Final = frozenset(
    [
        "api_rate_per_minute", "backfill_per_hour", "concurrent_jobs", "engine", "engine_drafts", "engine_skip",
        "llm_batch_size", "llm_processing_interval", "log_level", "max_email_size", "model", "model_timeout",
        "ollama_host", "ollama_keep_alive", "ollama_model", "ollama_num_ctx", "openai_url", "opt_in_attribute",
        "opt_in_tag", "reprocess", "retention_days",
    ]
)  # fmt: skip
#: The engines that are no plugin's, whatever a plugin is named.
_SHIPPED: Final = ("builtin", "ollama", "openai", "llamacpp")
#: Where Ollama is looked for when nothing says otherwise.
_HOME: Final = frozenset({("127.0.0.1", 11434), ("localhost", 11434), ("::1", 11434)})
#: Ports that a host without one stands for; others must be named, so that a caller cannot probe for other services there.
_USUAL_PORTS: Final = (80, 443, 11434)

Place = tuple[str, int]


def check_model_hosts(text: str) -> frozenset[Place]:
    """Return the hosts and ports of GLASSDOME_MODEL_HOSTS; raises ValueError for an invalid entry."""
    found: set[Place] = set()
    for entry in parts_of(text):
        try:
            _, host, port = origin(f"//{entry}")
        except ValueError as exc:
            raise ValueError(f"{quotable(entry)!r} is not host or host:port") from exc
        if not host or set(entry) & set("/@?#"):
            raise ValueError(f"{quotable(entry)!r} is not host or host:port")
        found |= {(host, each) for each in ([port] if port else _USUAL_PORTS)}
    return frozenset(found)


def _places(field: str, text: str | None) -> list[Place]:
    """Return hosts and ports; raises ConfigError or ValueError where the text is not understood."""
    urls = () if not text else ollama_urls(text) if field == "ollama_host" else (text,)
    return [origin(url)[1:] for url in urls]


def refused_places(base: ModelSettings, stored: Mapping[str, str]) -> dict[str, str]:
    """Return which stored values are not followed, with the reason; `base` is what environment and file say."""
    allowed = _HOME | check_model_hosts(base.model_hosts)
    allowed |= {p for f in ("ollama_host", "openai_url") for p in _places(f, getattr(base, f))}
    refused = {}
    for field in ("ollama_host", "openai_url"):
        try:
            strange = [place for place in _places(field, stored.get(field)) if place not in allowed]
        except (ConfigError, ValueError):
            refused[field] = "is not understood as a host."
            continue
        if strange:
            refused[field] = (
                f"may not lead to {strange[0][0]}:{strange[0][1]}, which GLASSDOME_MODEL_HOSTS does not name."
            )
    if "model" in stored and stored.get("engine", base.engine) == "llamacpp":
        refused["model"] = "may not name a GGUF file here: a path is for environment and config.yml."
    # A name of nothing is left to the setting, which says what may stand there.
    if stored.get("engine") in engine_plugins().difference(_SHIPPED):
        refused["engine"] = "may not name a plugin here: which code reads the mail is for environment and config.yml."
    return refused


def key_belongs(key_url: str | None, url: str | None) -> bool:
    """Return whether the key that was set for `key_url` may be sent to `url`: only to the same scheme, host and port."""
    return bool(key_url and url) and origin(key_url or "") == origin(url or "")


def may_fetch(model: str, model_hosts: str) -> bool:
    """Return whether an API key may have Ollama fetch this model: `host/namespace/name` only from a host of GLASSDOME_MODEL_HOSTS.

    The model server connects to the host in the name: a stranger's key would learn which hosts and ports answer there.
    """
    if model.count("/") < 2:
        return True
    try:
        _, host, port = origin(f"//{model}")
    except ValueError:
        return False
    return "://" not in model and (host, port or 443) in check_model_hosts(model_hosts)
