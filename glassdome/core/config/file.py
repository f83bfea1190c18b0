"""`config.yml`: the seed's keys, each mapped to one setting; a wrong key is named with its file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from glassdome.core.errors import ConfigError

__all__ = ["KEYS", "FileValue", "read_config_file"]

#: Dotted key in the file -> field of `Settings`. The first five are the seed's.
KEYS: Final[dict[str, str]] = {
    "ollama.model": "ollama_model",
    "processing.batch_size": "llm_batch_size",
    "processing.interval": "llm_processing_interval",
    "performance.max_email_size": "max_email_size",
    "performance.concurrent_jobs": "concurrent_jobs",
    "ollama.host": "ollama_host",
    "ollama.num_ctx": "ollama_num_ctx",
    "ollama.keep_alive": "ollama_keep_alive",
    "ollama.timeout": "model_timeout",
    "engine.name": "engine",
    "engine.skip": "engine_skip",
    "engine.drafts": "engine_drafts",
    "openai.url": "openai_url",
    "openai.model": "model",
    "mail.imap_host": "mailcow_imap_host",
    "mail.imap_port": "mailcow_imap_port",
    "mail.imap_tls": "imap_tls",
    "mail.smtp_host": "mailcow_smtp_host",
    "mail.smtp_port": "mailcow_smtp_port",
    "mail.smtp_tls": "smtp_tls",
    "mail.ca_file": "mailcow_ca_file",
    "engine.hosts": "model_hosts",
    "processing.mailboxes": "mailboxes",
    "processing.backfill_per_hour": "backfill_per_hour",
    "processing.retention_days": "retention_days",
    "processing.reprocess": "reprocess",
    "processing.opt_in_tag": "opt_in_tag",
    "processing.opt_in_attribute": "opt_in_attribute",
    "api.rate_per_minute": "api_rate_per_minute",
    "api.trusted_proxies": "trusted_proxies",
    "webhooks.hosts": "webhook_hosts",
    "webhooks.ca_file": "webhook_ca_file",
    "log.level": "log_level",
    "log.file": "log_file",
}
_SECTIONS: Final = frozenset(dotted.partition(".")[0] for dotted in KEYS)
_NULL: Final = "tag:yaml.org,2002:null"


class FileValue:
    """One value with the place it was written at."""

    def __init__(self, value: Any, path: Path, line: int) -> None:
        """`line` counts from 1."""
        self.value, self.path, self.line = value, path, line

    @property
    def place(self) -> str:
        """`config.yml:7`, for messages."""
        return f"{self.path}:{self.line}"


def read_config_file(path: Path) -> dict[str, FileValue]:
    """Return field name -> value of the YAML file; raises ConfigError with file and line."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"The configuration file {path} cannot be read: {exc}.") from exc
    except yaml.YAMLError as exc:
        raise ConfigError(f"The configuration file {path} is not valid YAML: {exc}.") from exc
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"The configuration file {path} must hold sections such as 'ollama:'.")
    found: dict[str, FileValue] = {}
    for dotted, node in _leaves(root, ""):
        line = node.start_mark.line + 1
        if dotted not in KEYS:
            close = difflib.get_close_matches(dotted, KEYS, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(KEYS)}."
            raise ConfigError(f"{path}:{line}: unknown key {dotted!r}.", fix=hint)
        try:
            found[KEYS[dotted]] = FileValue(_plain(node), path, line)
        except (yaml.YAMLError, ValueError) as exc:
            raise ConfigError(f"{path}:{line}: {dotted}: the value cannot be read.") from exc
    return found


def _leaves(node: yaml.MappingNode, prefix: str) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        dotted = f"{prefix}{key.value}"
        if isinstance(value, yaml.MappingNode):
            yield from _leaves(value, f"{dotted}.")
        elif not (value.tag == _NULL and dotted in _SECTIONS):  # a section whose every line is a comment
            yield dotted, value


def _plain(node: yaml.Node) -> Any:
    return yaml.SafeLoader("").construct_object(node, deep=True)
