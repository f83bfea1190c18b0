"""The settings of webhooks: the hosts that may receive events; part of `Settings`, and never of `llm_config`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic_settings import BaseSettings

from glassdome.core.config.field import checked_by, setting
from glassdome.core.receivers import parse_receivers

__all__ = ["WebhookSettings"]


class WebhookSettings(BaseSettings):
    """Name the hosts that events may be sent to."""

    webhook_hosts: Annotated[str, checked_by(parse_receivers)] = setting(
        "GLASSDOME_WEBHOOK_HOSTS",
        "",
        "Hosts, comma-separated, that webhooks may lead to: host or host:port, and the networks in which a public name"
        " may lie, such as 192.168.1.0/24; empty: none",
        live=True,
    )
    webhook_ca_file: Path | None = setting(
        "GLASSDOME_WEBHOOK_CA_FILE",
        None,
        "PEM file of a private certificate authority, for receivers of webhooks; it replaces the system's authorities",
    )
