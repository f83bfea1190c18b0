"""Check the identity provider: that it answers, what it offers, and the address that must be registered with it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from glassdome.cli.checks import Check, Health
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings, env_name
from glassdome.core.errors import GlassdomeError
from glassdome.integrations.local_network import is_own_network
from glassdome.integrations.oidc import OidcProvider
from glassdome.integrations.oidc.endpoints import Endpoints
from glassdome.integrations.oidc.token import accepted

__all__ = ["sign_in_checks"]

_NAME = "single sign-on"
_HOWTO = "docs/howto/single-sign-on.md"


async def sign_in_checks(settings: Settings) -> list[Check]:
    """Return the findings; one that says `off` where no provider is set."""
    if not settings.signs_in_by_provider:
        return [_missing(settings)]
    provider = OidcProvider(lambda: settings, SystemClock())
    try:
        endpoints = await provider.endpoints()
        usable = accepted(await provider.keys(endpoints)) if endpoints.issuer else 0
    except GlassdomeError as exc:
        return [_finding(Health.FAIL, exc.message, exc.fix or f"Check the GLASSDOME_OIDC_* settings ({_HOWTO}).")]
    finally:
        await provider.aclose()
    return list(_found(settings, endpoints, usable))


def _missing(settings: Settings) -> Check:
    by_hand = ["oidc_authorize_url", "oidc_token_url", "oidc_profile_url"]
    begun = any(getattr(settings, name) for name in ("oidc_issuer", *by_hand))
    if not begun and not settings.oidc_client_id:
        fix = f"Set GLASSDOME_OIDC_ISSUER and what belongs to it ({_HOWTO})."
        return _finding(Health.OK, "off: nobody signs in through an identity provider", fix)
    wanted = ["oidc_client_id", "public_url", *([] if settings.oidc_issuer else by_hand)]
    missing = ", ".join(env_name(name) for name in wanted if not getattr(settings, name))
    return _finding(Health.WARN, f"off, though it is set in part: {missing} is missing", f"Set it ({_HOWTO}).")


def _found(settings: Settings, endpoints: Endpoints, usable: int) -> Iterator[Check]:
    ends = f"sign-in at {endpoints.authorize}, token at {endpoints.token}, profile at {endpoints.profile or 'none'}"
    if not endpoints.issuer:
        yield _finding(Health.OK, f"addresses set by hand: {ends}")
    elif usable:
        yield _finding(Health.OK, f"{endpoints.issuer} answers; {ends}, {usable} keys")
    else:
        fix = "Have the provider sign ID tokens with RS256, ES256 or EdDSA."
        yield _finding(Health.FAIL, f"{endpoints.issuer} has no key that is accepted", fix)
    redirect = settings.oidc_redirect_url or ""
    yield _finding(Health.OK, f"register this redirect address with the provider: {redirect}")
    if endpoints.sign_out:
        yield _finding(Health.OK, f"for sign-out there, register this address, too: {settings.oidc_signed_out_url}")
    if urlsplit(redirect).scheme == "http" and not is_own_network(redirect):
        yield _finding(Health.WARN, "the redirect address is not encrypted", "Set GLASSDOME_PUBLIC_URL to https.")
    if not endpoints.issuer and not settings.oidc_trust_email:
        fix = "Set GLASSDOME_OIDC_TRUST_EMAIL=1 if people cannot choose their address there; in mailcow they cannot."
        yield _finding(Health.WARN, "a profile without `email_verified` signs nobody in", fix)


def _finding(health: Health, detail: str, fix: str = "") -> Check:
    return Check(name=_NAME, health=health, detail=detail, fix=fix)
