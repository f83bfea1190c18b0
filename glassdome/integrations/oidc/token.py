"""The ID token: its signature by one of the provider's keys, and its claims (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import ModuleType
from typing import Any, Final

from glassdome.core.errors import ConfigError, IdentityRefused
from glassdome.core.extras import install_extra
from glassdome.core.limits import MAX_ID_TOKEN_CHARS, PROVIDER_CLOCK_SECONDS

__all__ = ["UnknownKey", "WrongSignature", "accepted", "check_claims", "jose", "signed_claims"]

#: The algorithms that are believed, each with its kind of key. `none` proves nothing, and HMAC with a public key as its
#: secret is anybody's.
_KINDS: Final = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
_LEAST_RSA_BITS: Final = 2048


class UnknownKey(Exception):
    """The token was signed by a key that is not in the set: the provider may have changed its keys."""


class WrongSignature(UnknownKey):
    """The key of that name did not sign it: not every provider gives a new key another name, or any."""


def jose() -> ModuleType:
    """Return the library of signed tokens; raises ConfigError where it is not installed."""
    try:
        import jwt
    except ImportError as exc:
        raise ConfigError("OpenID Connect needs the extra [oidc].", fix=install_extra("oidc")) from exc
    return jwt


def signed_claims(token: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the claims of a token with a right signature; raises IdentityRefused, UnknownKey, WrongSignature."""
    jwt = jose()
    if len(token) > MAX_ID_TOKEN_CHARS:
        raise IdentityRefused("The identity provider's token is too large.")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in _KINDS or "crit" in header:
            raise IdentityRefused("The identity provider's token is signed in a way that is not accepted.")
        key = _key(jwt, header, keys)
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=_SIGNATURE_ALONE)
    except jwt.InvalidSignatureError as exc:
        raise WrongSignature from exc
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as exc:
        raise IdentityRefused("The identity provider's token is not signed rightly.") from exc
    return claims


#: Claims are checked by `check_claims`, at the time that it is given.
_SIGNATURE_ALONE: Final = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def _key(jwt: ModuleType, header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> Any:
    """Return the key that a header names; without a name, the only one that fits."""
    algorithm, name = header["alg"], header.get("kid")
    fit = [key for key in keys if _fits(key, algorithm) and (name is None or key.get("kid") == name)]
    if len(fit) != 1:
        raise UnknownKey
    key = jwt.PyJWK(dict(fit[0]), algorithm=algorithm).key
    if algorithm == "RS256" and key.key_size < _LEAST_RSA_BITS:
        raise IdentityRefused("The identity provider's key is too short.")
    return key


def accepted(keys: Sequence[Mapping[str, Any]]) -> int:
    """Return how many keys of a set some accepted algorithm can use."""
    return sum(any(_fits(key, algorithm) for algorithm in _KINDS) for key in keys)


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    return (
        key.get("kty") == _KINDS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (algorithm != "ES256" or key.get("crv") == "P-256")
    )


def check_claims(claims: Mapping[str, Any], *, issuer: str, client: str, nonce: str, now: datetime) -> None:
    """Raise IdentityRefused for a token of somebody else, for somebody else, of another time or another sign-in."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    moment = now.timestamp()
    checks = (
        (claims.get("iss") == issuer, "It comes from another issuer."),
        (client in several, "It is meant for another program."),
        (party == client or (party is None and len(several) == 1), "It was given to another program."),
        (_number(claims.get("exp")) > moment - PROVIDER_CLOCK_SECONDS, "It has expired."),
        (_is_past(claims, "iat", moment) and _is_past(claims, "nbf", moment, needed=False), "It is of the future."),
        (bool(nonce) and claims.get("nonce") == nonce, "It belongs to another sign-in."),
        (isinstance(claims.get("sub"), str) and bool(claims["sub"]), "It names nobody."),
    )
    why = next((why for right, why in checks if not right), "")
    if why:
        raise IdentityRefused(f"The identity provider's token is not accepted. {why}")


def _is_past(claims: Mapping[str, Any], name: str, moment: float, *, needed: bool = True) -> bool:
    if name not in claims:
        return not needed
    value = claims[name]
    return _number(value) <= moment + PROVIDER_CLOCK_SECONDS and not isinstance(value, bool) and _number(value) >= 0


def _number(value: object) -> float:
    """Return a moment of a claim; one before all others where it is none."""
    # No `float(value)`: JSON has whole numbers that none can hold.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
