"""The doctor's word on the identity provider: off, half set, away, wrong, or in order, with the address to register."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.cli.checks import Check, Health
from glassdome.cli.sign_in_checks import sign_in_checks
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from tests.servers.oidc_server import CLIENT, OidcServer
from tests.servers.served import Served

REDIRECT = "https://mail.example.org/llm/provider-answer"


@pytest.fixture
async def provider() -> AsyncIterator[OidcServer]:
    """A provider in order."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await made.app(scope, receive, send)

    served = Served(app)
    made = OidcServer(url=served.url, clock=SystemClock(), redirect=REDIRECT)
    async with served:
        yield made


@pytest.fixture
def defaults() -> Settings:
    """Settings of nothing; made outside the event loop, since they look at files."""
    return Settings()


def named(defaults: Settings, **changes: Any) -> Settings:
    """Return settings with a client."""
    client = {
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr("s3cret"),
        "public_url": "https://mail.example.org/llm",
    }
    return defaults.model_copy(update=client | changes)


def told(checks: list[Check]) -> str:
    """Return everything that was said."""
    return "\n".join(f"{check.health} {check.detail} {check.fix}" for check in checks)


async def test_one_in_order(provider: OidcServer, defaults: Settings) -> None:
    """Its addresses, and the one to register there."""
    checks = await sign_in_checks(named(defaults, oidc_issuer=provider.url))

    assert {check.health for check in checks} == {Health.OK}
    assert f"token at {provider.url}/token" in checks[0].detail
    assert "1 keys" in checks[0].detail
    assert f"register this redirect address with the provider: {REDIRECT}" in told(checks)
    assert "s3cret" not in told(checks)


@pytest.mark.parametrize(
    ("changes", "health", "said"),
    [
        ({"oidc_client_id": None, "public_url": None}, Health.OK, "off: nobody signs in"),
        ({"oidc_client_id": None}, Health.OK, "off: nobody signs in"),
        ({"oidc_issuer": "https://x.example", "oidc_client_id": None}, Health.WARN, "GLASSDOME_OIDC_CLIENT_ID is missing"),
        ({"public_url": None}, Health.WARN, "GLASSDOME_PUBLIC_URL, GLASSDOME_OIDC_AUTHORIZE_URL"),
        ({"oidc_issuer": "http://127.0.0.1:1"}, Health.FAIL, "cannot be reached"),
        ({"oidc_issuer": "http://login.example.org"}, Health.FAIL, "not encrypted"),
    ],
)  # fmt: skip
async def test_what_is_missing_or_wrong(defaults: Settings, changes: dict[str, Any], health: Health, said: str) -> None:
    """Each with its fix."""
    (check,) = await sign_in_checks(named(defaults, **changes))

    assert check.health is health
    assert said in told([check])
    assert check.fix


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"issuer": "https://other.example"}, "calls itself by another name"),
        ({"token_endpoint": "https://tokens.example/"}, "Add that host to GLASSDOME_OIDC_HOSTS"),
        ({"jwks_uri": None}, "has no jwks_uri"),
    ],
)
async def test_a_document_that_does_not_fit(
    provider: OidcServer, defaults: Settings, document: dict[str, Any], said: str
) -> None:
    """The finding says which part."""
    provider.document = document
    (check,) = await sign_in_checks(named(defaults, oidc_issuer=provider.url))

    assert check.health is Health.FAIL
    assert said in told([check])


async def test_keys_that_are_not_accepted(provider: OidcServer, defaults: Settings) -> None:
    """As of a provider that signs with our secret."""
    provider.document = {"jwks_uri": f"{provider.url}/.well-known/openid-configuration"}
    provider.document |= {"keys": [{"kty": "oct", "k": "x"}]}
    checks = await sign_in_checks(named(defaults, oidc_issuer=provider.url))

    assert checks[0].health is Health.FAIL
    assert "RS256, ES256 or EdDSA" in checks[0].fix


@pytest.mark.parametrize(("trusted", "warned"), [(True, False), (False, True)])
async def test_addresses_by_hand(defaults: Settings, trusted: bool, warned: bool) -> None:
    """Without `email_verified` nobody could sign in."""
    urls = {f"oidc_{name}_url": f"https://mail.example.org/oauth/{name}" for name in ("authorize", "token", "profile")}
    checks = await sign_in_checks(named(defaults, **urls, oidc_trust_email=trusted))

    assert any("GLASSDOME_OIDC_TRUST_EMAIL=1" in check.fix for check in checks) is warned
