"""The authorization code flow with PKCE (RFC 6749, 7636, 9207; OpenID Connect Core 3.1)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import (
    ConfigError,
    ConnectFailed,
    GlassdomeError,
    IdentityRefused,
    PeerRefused,
    ProtocolViolation,
)
from glassdome.core.limits import PROVIDER_KEEP_SECONDS, PROVIDER_KEYS_AGAIN_SECONDS
from glassdome.core.secrets import reveal
from glassdome.integrations.oidc.endpoints import NAMED_BY_HAND, Endpoints, endpoints_by_hand, read_discovery
from glassdome.integrations.oidc.http import ProviderHttp, ProviderReply
from glassdome.integrations.oidc.token import UnknownKey, WrongSignature, check_claims, jose, signed_claims
from glassdome.values.identity import ProvenIdentity, ProviderAnswer, ProviderFlow

__all__ = ["OidcProvider"]

#: Error codes are the provider's words, and shown: only such that are code words (RFC 6749 4.1.2.1).
_CODE_WORD: Final = re.compile(r"[a-z_]{1,40}")
#: Refusals that a new try may mend; of all others the settings are to blame.
_TRY_AGAIN: Final = frozenset({"invalid_grant", "expired_token"})
#: Members of a profile that name a person where no token does; the first that is there counts.
_SUBJECTS: Final = ("sub", "id", "identifier", "username")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Something of the provider's, with the settings that it was read for, and when."""

    of: tuple[object, ...]
    at: float
    value: Any


class OidcProvider:
    """Implements `ports.sign_in.IdentityProvider`; addresses and keys are kept for an hour."""

    def __init__(self, settings: Callable[[], Settings], clock: Clock) -> None:
        """`settings` returns those of the moment; nothing is asked yet."""
        self._settings, self._clock = settings, clock
        self._http = ProviderHttp(settings)
        self._endpoints: _Kept | None = None
        self._keys: _Kept | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def address(self, flow: ProviderFlow) -> str:
        """Return the authorization request."""
        settings, endpoints = self._settings(), await self.endpoints()
        digest = hashlib.sha256((reveal(flow.verifier) or "").encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": settings.oidc_client_id or "",
            "redirect_uri": settings.oidc_redirect_url or "",
            "scope": settings.oidc_scopes,
            "state": flow.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        if endpoints.issuer:
            asked["nonce"] = flow.nonce
        return _with_query(endpoints.authorize, asked)

    async def sign_out_address(self) -> str:
        """Return the logout request (RP-Initiated Logout 1.0, 2): by our name, since no token is kept that could be the hint."""
        settings, endpoints = self._settings(), await self.endpoints()
        if not endpoints.sign_out:
            return ""
        asked = {
            "client_id": settings.oidc_client_id or "",
            "post_logout_redirect_uri": settings.oidc_signed_out_url or "",
        }
        return _with_query(endpoints.sign_out, asked)

    async def identity(self, flow: ProviderFlow, answer: ProviderAnswer) -> ProvenIdentity:
        """Redeem the code, and return the identity that token and profile prove together."""
        endpoints = await self.endpoints()
        _check_issuer(answer, endpoints)
        if answer.error or not answer.code:
            raise _denied(answer.error)
        given = await self._redeem(endpoints, flow, answer.code)
        if not endpoints.issuer:
            return self._identity(await self._profile(endpoints, given), {})
        claims = await self._claims(endpoints, flow, given)
        profile: Mapping[str, Any] = {}
        if endpoints.profile and not self._is_enough(claims):
            profile = await self._profile(endpoints, given)
            # The access token could be another person's (OpenID Connect Core 5.3.2).
            if profile.get("sub") != claims["sub"]:
                raise IdentityRefused("The identity provider's profile is another person's.")
        return self._identity(profile, claims)

    async def endpoints(self) -> Endpoints:
        """Return the provider's addresses; raises ConfigError, TransportError, ProtocolViolation."""
        settings, now = self._settings(), self._clock.now().timestamp()
        if not settings.signs_in_by_provider:
            raise ConfigError("No identity provider is set.", fix="See docs/howto/single-sign-on.md.")
        if not settings.oidc_issuer:
            return endpoints_by_hand(settings)
        await asyncio.to_thread(jose)
        of = (settings.oidc_issuer, settings.oidc_hosts, *(getattr(settings, name) for name in NAMED_BY_HAND))
        kept = self._endpoints
        if kept is None or kept.of != of or now - kept.at > PROVIDER_KEEP_SECONDS:
            kept = self._endpoints = _Kept(of=of, at=now, value=await read_discovery(self._http, settings))
        found: Endpoints = kept.value
        return found

    async def keys(self, endpoints: Endpoints, *, fresh: bool = False) -> Sequence[Mapping[str, Any]]:
        """Return the provider's keys; `fresh` asks again unless that was done within the last minute."""
        now, kept = self._clock.now().timestamp(), self._keys
        age = now - kept.at if kept is not None and kept.of == (endpoints.keys,) else PROVIDER_KEEP_SECONDS + 1
        if kept is None or age > (PROVIDER_KEYS_AGAIN_SECONDS if fresh else PROVIDER_KEEP_SECONDS):
            reply = _well(await self._http.get(endpoints.keys))
            listed = reply.get("keys")
            if not isinstance(listed, list):
                raise ProtocolViolation("The identity provider's key set has no keys.")
            usable = [key for key in listed if isinstance(key, dict)]
            kept = self._keys = _Kept(of=(endpoints.keys,), at=now, value=usable)
        found: Sequence[Mapping[str, Any]] = kept.value
        return found

    async def _redeem(self, endpoints: Endpoints, flow: ProviderFlow, code: str) -> Mapping[str, Any]:
        settings = self._settings()
        client, secret = settings.oidc_client_id or "", reveal(settings.oidc_client_secret)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.oidc_redirect_url or "",
            "code_verifier": reveal(flow.verifier) or "",
        }
        # RFC 6749 2.3.1 encodes both before Basic does.
        login = (quote_plus(client), quote_plus(secret)) if secret and not endpoints.by_post else None
        if login is None:
            form |= {"client_id": client} | ({"client_secret": secret} if secret else {})
        reply = await self._http.post(endpoints.token, form, login=login)
        if reply.status != 200:
            raise _refusal(reply)
        return reply.body

    async def _claims(self, endpoints: Endpoints, flow: ProviderFlow, given: Mapping[str, Any]) -> Mapping[str, Any]:
        token, client = given.get("id_token"), self._settings().oidc_client_id or ""
        if not isinstance(token, str):
            raise IdentityRefused("The identity provider gave no ID token.", fix="Is `openid` among the scopes?")
        try:
            claims = signed_claims(token, await self.keys(endpoints))
        except UnknownKey:
            claims = await self._by_new_keys(token, endpoints)
        check_claims(claims, issuer=endpoints.issuer, client=client, nonce=flow.nonce, now=self._clock.now())
        return claims

    async def _by_new_keys(self, token: str, endpoints: Endpoints) -> Mapping[str, Any]:
        try:
            return signed_claims(token, await self.keys(endpoints, fresh=True))
        except WrongSignature as exc:
            raise IdentityRefused("The identity provider's token is not signed rightly.") from exc
        except UnknownKey as exc:
            raise IdentityRefused("The identity provider's token is signed by a key that it does not list.") from exc

    async def _profile(self, endpoints: Endpoints, given: Mapping[str, Any]) -> Mapping[str, Any]:
        token = given.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProtocolViolation("The identity provider gave no access token.")
        return _well(await self._http.get(endpoints.profile, bearer=token))

    def _is_enough(self, claims: Mapping[str, Any]) -> bool:
        """Return whether the token itself names all that the settings ask for."""
        settings = self._settings()
        asked = bool(settings.oidc_admin_claim or settings.oidc_domain_claim)
        return isinstance(claims.get(settings.oidc_email_claim), str) and not asked

    def _identity(self, profile: Mapping[str, Any], claims: Mapping[str, Any]) -> ProvenIdentity:
        settings, found = self._settings(), {**profile, **claims}
        subject = next((str(found[name]) for name in _SUBJECTS if isinstance(found.get(name), str | int)), "")
        email = found.get(settings.oidc_email_claim)
        if not subject or profile.get("success", True) is not True:
            raise IdentityRefused("The identity provider does not say who you are.")
        # A claim of another name is the administrator's choice; `email_verified` vouches for `email` alone.
        vouched = settings.oidc_email_claim == "email" and found.get("email_verified") in (True, "true")
        return ProvenIdentity(
            subject=subject,
            email=email if isinstance(email, str) else "",
            verified=vouched or settings.oidc_trust_email,
            claims=found,
        )


def _with_query(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"


def _check_issuer(answer: ProviderAnswer, endpoints: Endpoints) -> None:
    """Raise IdentityRefused for another provider's answer: its code must not be shown to this one (RFC 9207)."""
    if (answer.issuer or endpoints.names_itself) and answer.issuer != endpoints.issuer:
        raise IdentityRefused("The answer comes from another identity provider.")


def _denied(error: str) -> IdentityRefused:
    word = error if _CODE_WORD.fullmatch(error) else "no code"
    if word == "access_denied":
        return IdentityRefused("You did not sign in at the identity provider, or may not use this service there.")
    return IdentityRefused(f"The identity provider did not sign you in ({word}).", fix="Begin again.")


def _refusal(reply: ProviderReply) -> GlassdomeError:
    error = reply.body.get("error")
    word = error if isinstance(error, str) and _CODE_WORD.fullmatch(error) else f"HTTP {reply.status}"
    if reply.status >= 500 or reply.status == 429:
        return ConnectFailed(f"The identity provider cannot answer at present (HTTP {reply.status}).")
    if word in _TRY_AGAIN:
        return IdentityRefused(
            "The identity provider does not take this answer, or took it already.", fix="Begin again."
        )
    return PeerRefused(
        f"The identity provider refuses this service ({word}).", fix="Its administrator runs: glassdome doctor"
    )


def _well(reply: ProviderReply) -> Mapping[str, Any]:
    """Return the object of an answer without error."""
    if reply.status != 200:
        raise _refusal(reply)
    return reply.body
