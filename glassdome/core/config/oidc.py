"""The settings of the sign-in through an identity provider (OpenID Connect, or OAuth 2.0 with a profile); part of `Settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from glassdome.core.config.access import AccessSettings
from glassdome.core.config.field import parts_of, setting
from glassdome.core.model_urls import origin

__all__ = ["CALLBACK", "OidcSettings", "read_claim", "read_claims", "read_domain_claims"]

#: The page that the provider leads back to.
CALLBACK: Final = "provider-answer"
_CLAIM: Final = re.compile(r"([^=\s]+)\s*=\s*(\S.*)")
_DOMAIN: Final = re.compile(r"[a-z0-9.-]+")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e ]*")

Claim = tuple[str, str]


def read_claim(entry: str) -> Claim:
    """Read `groups=mail-admins`; raises ValueError."""
    found = _CLAIM.fullmatch(entry.strip())
    if found is None:
        raise ValueError(f"{entry.strip()[:60]!r} is not claim=value, such as groups=mail-admins")
    return found[1], found[2]


@lru_cache(maxsize=8)
def read_claims(text: str) -> tuple[Claim, ...]:
    """Read `groups=mail-admins, realm_access.roles=admin`; raises ValueError."""
    return tuple(map(read_claim, parts_of(text)))


@lru_cache(maxsize=8)
def read_domain_claims(text: str) -> Mapping[Claim, tuple[str, ...]]:
    """Read `groups=helpdesk:example.org|example.net`; raises ValueError."""
    found: dict[Claim, tuple[str, ...]] = {}
    for entry in parts_of(text):
        claim, _, listed = entry.rpartition(":")
        domains = tuple(part.strip().lower() for part in listed.split("|") if part.strip())
        if not claim or not domains or not all(map(_DOMAIN.fullmatch, domains)):
            raise ValueError(f"{entry[:60]!r} is not claim=value:example.org|example.net")
        found[read_claim(claim)] = (*found.get(read_claim(claim), ()), *domains)
    return found


class OidcSettings(AccessSettings):
    """Name the provider, what it knows us by, and what its words are worth here."""

    oidc_issuer: str | None = setting(
        "GLASSDOME_OIDC_ISSUER",
        None,
        "Issuer of the OpenID Connect provider, such as https://login.example.org/realms/mail; unset: a provider without"
        " discovery, whose addresses are named one by one",
        live=True,
    )
    oidc_client_id: str | None = setting(
        "GLASSDOME_OIDC_CLIENT_ID",
        None,
        "Our name with the provider; unset: the sign-in through it is closed",
        live=True,
    )
    oidc_client_secret: SecretStr | None = setting(
        "GLASSDOME_OIDC_CLIENT_SECRET", None, "Our secret there; unset: a public client, by PKCE alone", live=True
    )
    oidc_name: str = setting(
        "GLASSDOME_OIDC_NAME", "single sign-on", "The provider's name on the sign-in page", live=True
    )
    oidc_scopes: str = setting(
        "GLASSDOME_OIDC_SCOPES", "openid email profile", "Scopes that are asked for; `profile` for mailcow", live=True
    )
    oidc_authorize_url: str | None = setting(
        "GLASSDOME_OIDC_AUTHORIZE_URL", None, "Authorization endpoint, where no discovery tells it", live=True
    )
    oidc_token_url: str | None = setting(
        "GLASSDOME_OIDC_TOKEN_URL", None, "Token endpoint, where no discovery tells it", live=True
    )
    oidc_profile_url: str | None = setting(
        "GLASSDOME_OIDC_PROFILE_URL", None, "Userinfo or profile endpoint, where no discovery tells it", live=True
    )
    oidc_keys_url: str | None = setting(
        "GLASSDOME_OIDC_KEYS_URL", None, "JWKS endpoint, where no discovery tells it", live=True
    )
    oidc_hosts: str = setting(
        "GLASSDOME_OIDC_HOSTS",
        "",
        "Further hosts, comma-separated, that the provider's discovery document may lead to; its own is allowed",
        live=True,
    )
    oidc_ca_file: Path | None = setting(
        "GLASSDOME_OIDC_CA_FILE",
        None,
        "PEM file of a private certificate authority, for the provider; it replaces the system's authorities",
    )
    oidc_email_claim: str = setting(
        "GLASSDOME_OIDC_EMAIL_CLAIM", "email", "The claim that names a person's mailbox", live=True
    )
    oidc_trust_email: bool = setting(
        "GLASSDOME_OIDC_TRUST_EMAIL",
        False,
        "Take the provider's addresses without `email_verified`: only where people cannot choose them freely",
        live=True,
    )
    oidc_admin_claim: str = setting(
        "GLASSDOME_OIDC_ADMIN_CLAIM",
        "",
        "Who is an administrator by the provider's word: groups=mail-admins, comma-separated",
        live=True,
    )
    oidc_domain_claim: str = setting(
        "GLASSDOME_OIDC_DOMAIN_CLAIM",
        "",
        "Who sees whole domains by the provider's word: groups=helpdesk:example.org|example.net, comma-separated",
        live=True,
    )

    @property
    def signs_in_by_provider(self) -> bool:
        """Everything is set that a sign-in through the provider needs."""
        by_hand = self.oidc_authorize_url and self.oidc_token_url and self.oidc_profile_url
        return bool(self.oidc_client_id and self.public_url and (self.oidc_issuer or by_hand))

    @property
    def oidc_redirect_url(self) -> str | None:
        """The address that the provider leads back to, None where ours is not known."""
        return f"{self.public_url}/{CALLBACK}" if self.public_url else None

    @property
    def oidc_signed_out_url(self) -> str | None:
        """The address that the provider leads back to after a sign-out there, None where ours is not known."""
        return f"{self.public_url}/sign-in" if self.public_url else None

    @property
    def oidc_host_places(self) -> frozenset[tuple[str, int]]:
        """The hosts and ports of GLASSDOME_OIDC_HOSTS; 443 where none is named."""
        return frozenset((host, port or 443) for _, host, port in (origin(f"//{e}") for e in parts_of(self.oidc_hosts)))

    @field_validator("oidc_issuer", "oidc_authorize_url", "oidc_token_url", "oidc_profile_url", "oidc_keys_url")
    @classmethod
    def _are_provider_urls(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise ValueError("must be a URL such as https://login.example.org/realms/mail")
        return value

    @field_validator("oidc_hosts")
    @classmethod
    def _are_provider_hosts(cls, value: str) -> str:
        for entry in parts_of(value):
            if set(entry) & set("/@?#") or not origin(f"//{entry}")[1]:
                raise ValueError(f"{entry[:60]!r} is not host or host:port")
        return value

    @field_validator("oidc_client_id", "oidc_scopes", "oidc_email_claim")
    @classmethod
    def _are_header_words(cls, value: str | None) -> str | None:
        if value is not None and not _PRINTABLE.fullmatch(value):
            raise ValueError("has characters outside printable ASCII")
        return value

    @field_validator("oidc_admin_claim")
    @classmethod
    def _are_claims(cls, value: str) -> str:
        read_claims(value)
        return value

    @field_validator("oidc_domain_claim")
    @classmethod
    def _are_domain_claims(cls, value: str) -> str:
        read_domain_claims(value)
        return value
