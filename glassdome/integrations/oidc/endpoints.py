"""The provider's addresses: from its discovery document (OpenID Connect Discovery 1.0), else named one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ConnectFailed, ProtocolViolation
from glassdome.core.model_urls import origin
from glassdome.integrations.oidc.http import ProviderHttp, usable_url

__all__ = ["NAMED_BY_HAND", "Endpoints", "endpoints_by_hand", "read_discovery"]

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
#: The members of the document, each with the setting that stands before it.
_NAMED: Final = {
    "authorization_endpoint": "oidc_authorize_url",
    "token_endpoint": "oidc_token_url",
    "userinfo_endpoint": "oidc_profile_url",
    "jwks_uri": "oidc_keys_url",
}
#: The settings that name an address by hand.
NAMED_BY_HAND: Final = tuple(_NAMED.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """One provider. `issuer` is empty where it knows no OpenID Connect: then its profile says who somebody is.

    `names_itself` says that its answers carry `iss` (RFC 9207); `by_post` that it wants our secret in the form.
    `sign_out` ends the session there (OpenID Connect RP-Initiated Logout 1.0, 2.1), empty where none is published.
    """

    issuer: str
    authorize: str
    token: str
    profile: str
    keys: str
    names_itself: bool = False
    by_post: bool = False
    sign_out: str = ""


def endpoints_by_hand(settings: Settings) -> Endpoints:
    """Return the addresses that the settings name; raises ConfigError."""
    return Endpoints(
        issuer="",
        authorize=usable_url(settings.oidc_authorize_url, "authorization endpoint"),
        token=usable_url(settings.oidc_token_url, "token endpoint"),
        profile=usable_url(settings.oidc_profile_url, "profile endpoint"),
        keys="",
    )


async def read_discovery(http: ProviderHttp, settings: Settings) -> Endpoints:
    """Read the document of the issuer; raises ConfigError where it leads elsewhere, and as `ProviderHttp`."""
    issuer = usable_url(settings.oidc_issuer, "issuer")
    reply = await http.get(issuer.rstrip("/") + _WELL_KNOWN)
    if reply.status >= 500:
        raise ConnectFailed(f"The identity provider cannot answer at present (HTTP {reply.status}).")
    if reply.status != 200:
        raise ConfigError(
            f"The identity provider has no discovery document (HTTP {reply.status}).",
            fix=f"Is GLASSDOME_OIDC_ISSUER right? {issuer.rstrip('/')}{_WELL_KNOWN} must show it.",
        )
    return _endpoints(reply.body, issuer, settings)


def _endpoints(document: Mapping[str, Any], issuer: str, settings: Settings) -> Endpoints:
    own = document.get("issuer")
    # The slash at the end is where people differ from the document; the address that was read is the same.
    if not isinstance(own, str) or own.rstrip("/") != issuer.rstrip("/"):
        raise ConfigError("The identity provider calls itself by another name.", fix="Correct GLASSDOME_OIDC_ISSUER.")
    found = {name: _endpoint(document, name, issuer, settings) for name in _NAMED}
    ways = document.get("token_endpoint_auth_methods_supported")
    listed = ways if isinstance(ways, Sequence) and not isinstance(ways, str) else ["client_secret_basic"]
    return Endpoints(
        issuer=own,
        authorize=found["authorization_endpoint"],
        token=found["token_endpoint"],
        profile=found["userinfo_endpoint"],
        keys=found["jwks_uri"],
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        by_post="client_secret_post" in listed and "client_secret_basic" not in listed,
        sign_out=_sign_out(document, issuer, settings),
    )


def _sign_out(document: Mapping[str, Any], issuer: str, settings: Settings) -> str:
    """Return where a session there ends, empty where there is no such address on the provider's hosts: sign-in needs none."""
    url = document.get("end_session_endpoint")
    try:
        place = origin(usable_url(url, "end_session_endpoint"))[1:]
    except ConfigError:
        return ""
    return str(url) if place in {origin(issuer)[1:], *settings.oidc_host_places} else ""


def _endpoint(document: Mapping[str, Any], name: str, issuer: str, settings: Settings) -> str:
    by_hand = getattr(settings, _NAMED[name])
    if by_hand:
        return usable_url(by_hand, name)
    url = document.get(name)
    if url is None and name == "userinfo_endpoint":
        return ""
    if not isinstance(url, str):
        raise ProtocolViolation(f"The identity provider's document has no {name}.")
    place = origin(usable_url(url, name))[1:]
    # Our secret and people's codes go there: a document that was tampered with must not choose the place.
    if place not in {origin(issuer)[1:], *settings.oidc_host_places}:
        raise ConfigError(
            f"The identity provider's {name} lies on another host, {place[0]}:{place[1]}.",
            fix="Add that host to GLASSDOME_OIDC_HOSTS if it is the provider's.",
        )
    return url
