"""The settings of the edge: who may visit, and who stands between us and a visitor; part of `Settings`."""

from __future__ import annotations

from typing import Annotated

from glassdome.core.config.field import checked_by, setting
from glassdome.core.config.oidc import OidcSettings
from glassdome.core.networks import parse_networks

__all__ = ["EdgeSettings"]


class EdgeSettings(OidcSettings):
    """Name the proxies that are believed."""

    trusted_proxies: Annotated[str, checked_by(parse_networks)] = setting(
        "GLASSDOME_TRUSTED_PROXIES",
        "",
        "Addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated; empty: none",
        live=True,
    )
