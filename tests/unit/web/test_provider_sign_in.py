"""Signing in through an identity provider that signs with a real key; its lies and failures, and those of strangers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr
from starlette.responses import RedirectResponse, Response

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ConnectFailed
from glassdome.core.limits import MAX_PROVIDER_BYTES, MAX_SIGN_INS_PER_ADDRESS, PROVIDER_FLOW_SECONDS
from glassdome.integrations.oidc import OidcProvider
from glassdome.integrations.oidc.token import jose
from glassdome.web.app import add_web
from glassdome.web.flows import FLOW_COOKIE
from glassdome.web.visitor import SESSION_COOKIE
from tests.servers.oidc_server import CLIENT, CLIENT_SECRET, OidcServer, key_set, new_key
from tests.servers.served import Served
from tests.unit.api.bench import NOW, OTHER, USER, Bench, analysis, ref

from .browser import START, Browser, browsing
from .conftest import BOX

REDIRECT = f"{START}provider-answer"
PERSON = {"email": USER, "email_verified": True}


@dataclass
class World:
    """Pages, a visitor without a session, and the provider."""

    bench: Bench
    browser: Browser
    provider: OidcServer

    async def begin(self, back: str = "") -> str:
        """Follow the sign-in page's link; return the provider's address."""
        await self.browser.client.get(START + "sign-in")
        answer = await self.browser.client.get(START + "provider", params={"next": back} if back else {})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def answer_of(self, address: str) -> str:
        """Sign in at the provider; return the address that it leads back to."""
        async with httpx.AsyncClient() as elsewhere:
            answer = await elsewhere.get(address)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    async def come_back(self, address: str) -> httpx.Response:
        """Open our page as a browser does that comes from another site: Strict cookies stay home."""
        flow = self.browser.client.cookies.get(FLOW_COOKIE)
        headers = {"Cookie": f"{FLOW_COOKIE}={flow}"} if flow else {}
        self.browser.answer = await self.browser.client.get(address, headers=headers)
        return self.browser.answer

    async def sign_in(self, back: str = "") -> httpx.Response:
        """Go the whole way."""
        return await self.come_back(await self.answer_of(await self.begin(back)))


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return what opens a world; made outside the event loop, since templates are files."""
    bench = Bench(request.getfixturevalue("database"), request.getfixturevalue("settings"))
    add_web(bench.app, BOX)

    @asynccontextmanager
    async def opened(*, by_hand: bool = False, algorithm: str = "RS256", **settings: Any) -> AsyncIterator[World]:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await provider.app(scope, receive, send)

        served = Served(app)
        provider = OidcServer(
            url=served.url, clock=bench.clock, redirect=REDIRECT, user=dict(PERSON), algorithm=algorithm
        )
        named = {"oidc_issuer": served.url}
        if by_hand:
            named = {f"oidc_{name}_url": f"{served.url}/oauth/{name}" for name in ("authorize", "token", "profile")}
        secret = SecretStr(CLIENT_SECRET)
        bench.set(oidc_client_id=CLIENT, oidc_client_secret=secret, public_url=START.rstrip("/"), **named)
        bench.set(mailboxes=f"{USER},{OTHER}", oidc_name="Example Login", **settings)
        ours = OidcProvider(lambda: bench.settings, bench.clock)
        bench.app.state.services = bench.services = _with(bench, ours)
        async with served, browsing(bench, None) as browser:
            yield World(bench, browser, provider)
            await ours.aclose()

    return opened


def _with(bench: Bench, provider: OidcProvider) -> Any:
    return replace(bench.services, provider=provider)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_the_owner_sees_the_own_mailbox_alone(world: Any, algorithm: str) -> None:
    """By each kind of key; the page that was asked for comes next, and the session ends like any other."""
    async with world(algorithm=algorithm) as here:
        bench, browser = here.bench, here.browser
        await bench.store(analysis(ref(5), subject="For me"), analysis(ref(6, OTHER), subject="For them"))
        await browser.open("queue?state=failed")
        button = browser.page.css_first("a.button")
        assert button.text() == "Sign in with Example Login"
        assert button.attributes["href"] == "./provider?next=queue%3Fstate%3Dfailed"
        shown = await here.sign_in("queue?state=failed")

        assert shown.status_code == 200
        assert 'content="0; url=./queue?state=failed"' in shown.text
        assert FLOW_COOKIE not in browser.client.cookies
        await browser.open("")
        assert "For me" in browser.text
        assert "For them" not in browser.text
        assert (await browser.open("service")).status_code == 403
        await browser.open("access")
        await browser.send("sign-out")
        assert (await browser.open("queue")).url.path == "/llm/sign-in"
    entries = await bench.database.history.audited()
    assert [(entry["actor"], entry["action"]) for entry in entries] == [(USER, "sign_out"), (USER, "sign_in")]


async def test_the_request_is_bound_to_this_sign_in(world: Any) -> None:
    """State, nonce and challenge are fresh each time, and the verifier is shown to nobody but the token endpoint."""
    async with world() as here:
        first, second = [parse_qs(urlsplit(await here.begin()).query) for _ in range(2)]
        for name in ("state", "nonce", "code_challenge"):
            assert len(first[name][0]) >= 32
            assert first[name] != second[name]
        assert first["code_challenge_method"] == ["S256"]
        assert first["redirect_uri"] == [REDIRECT]
        cookie = here.browser.client.cookies[FLOW_COOKIE]
        assert second["state"][0] not in cookie


async def test_a_provider_without_tokens_tells_by_its_profile(world: Any) -> None:
    """As mailcow's: three addresses by hand, the mailbox in the profile."""
    async with world(by_hand=True, oidc_scopes="profile", oidc_trust_email=True) as here:
        address = await here.begin()
        assert "nonce" not in parse_qs(urlsplit(address).query)
        assert (await here.come_back(await here.answer_of(address))).status_code == 200
        assert (await here.browser.open("queue")).url.path == "/llm/queue"


@pytest.mark.parametrize(
    ("profile", "trusted", "said"),
    [
        ({"success": False}, True, "does not say who you are"),
        ({"email": ""}, True, "names no e-mail address"),
        ({}, False, "does not vouch for your e-mail address"),
        ({"email": "stranger@example.org"}, True, "there is no such mailbox here"),
        ({"email": ["user@example.org"]}, True, "names no e-mail address"),
    ],
)
async def test_a_profile_must_name_a_mailbox_of_ours(
    world: Any, profile: dict[str, Any], trusted: bool, said: str
) -> None:
    """Each other case has its own sentence, and no session."""
    async with world(by_hand=True, oidc_trust_email=trusted) as here:
        here.provider.profile = profile
        await refused(here, said)


async def refused(here: World, said: str, status: int = 403) -> None:
    """Go the whole way, and be refused on a page that says why."""
    shown = await here.sign_in()

    assert shown.status_code == status, shown.text
    assert said in here.browser.text
    assert SESSION_COOKIE not in here.browser.client.cookies
    assert (await here.browser.open("queue")).url.path == "/llm/sign-in"


def _moment(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "another-program"}, "another program"),
        ({"aud": ["another-program"]}, "another program"),
        ({"aud": [CLIENT, "another-program"]}, "given to another program"),
        ({"aud": [CLIENT, "another-program"], "azp": "another-program"}, "given to another program"),
        ({"azp": "another-program"}, "given to another program"),
        ({"aud": None}, "another program"),
        ({"exp": _moment(-61)}, "has expired"),
        ({"exp": None}, "has expired"),
        ({"exp": "tomorrow"}, "has expired"),
        ({"exp": True}, "has expired"),
        ({"iat": _moment(120)}, "of the future"),
        ({"iat": None}, "of the future"),
        ({"iat": 10**400}, "of the future"),
        ({"nbf": _moment(120)}, "of the future"),
        ({"nonce": "of-another-sign-in"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"sub": ""}, "names nobody"),
        ({"sub": None}, "names nobody"),
        ({"email_verified": False}, "does not vouch"),
        ({"email_verified": None}, "does not vouch"),
        ({"email_verified": "yes"}, "does not vouch"),
        ({"email": "stranger@example.org"}, "there is no such mailbox"),
        ({"email": "not an address"}, "is none"),
        ({"email": f"{USER}\n{OTHER}"}, "is none"),
    ],
)
async def test_a_token_of_another_time_place_or_person(world: Any, claims: dict[str, Any], said: str) -> None:
    """Signed rightly, and refused for its claims."""
    async with world() as here:
        here.provider.claims = claims
        here.provider.profile = claims if "email" in claims or "email_verified" in claims else {}
        await refused(here, said)


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none")


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


STRANGE = new_key("RS256")


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        (_unsigned, "a way that is not accepted"),
        (lambda c: f"{_part({'alg': 'None'})}.{_part(c)}.", "a way that is not accepted"),
        (lambda c: jwt.encode(c, "x" * 40, algorithm="HS256"), "a way that is not accepted"),
        (lambda c: jwt.encode(c, STRANGE, algorithm="RS256"), "not signed rightly"),
        (lambda c: jwt.encode(c, STRANGE, algorithm="RS256", headers={"kid": "first"}), "not signed rightly"),
        (lambda c: jwt.encode(c, STRANGE, algorithm="RS256", headers={"kid": "other"}), "a key that it does not list"),
        (lambda c: jwt.encode(c, STRANGE, algorithm="PS256", headers={"kid": "first"}), "a way that is not accepted"),
        (
            lambda c: f"{_part({'alg': 'RS256', 'crit': ['b64'], 'b64': False})}.{_part(c)}.AAAA",
            "The identity provider's token",
        ),
        (lambda c: f"{_part({'alg': ['RS256']})}.{_part(c)}.AAAA", "The identity provider's token"),
        (lambda c: "no.token", "not signed rightly"),
        (lambda c: "x" * 40_000, "too large"),
        (lambda c: jwt.encode({**c, "more": "x" * 40_000}, STRANGE, algorithm="RS256"), "too large"),
    ],
)
async def test_a_token_that_the_provider_did_not_sign(world: Any, sign: Any, said: str) -> None:
    """Whatever its header says."""
    async with world() as here:
        here.provider.sign = sign
        await refused(here, said)


async def test_the_public_key_is_nobody_s_secret(world: Any) -> None:
    """HMAC with the text of the published key, the classic forgery."""
    async with world() as here:
        published = jwt.PyJWK(key_set(here.provider.key, "RS256", "first")).key
        text = published.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

        def forged(claims: dict[str, Any]) -> str:
            body = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
            seal = hmac.new(text, body.encode(), hashlib.sha256).digest()
            return f"{body}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"

        here.provider.sign = forged
        await refused(here, "a way that is not accepted")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": "of-another-browser"}, "began no such sign-in"),
        ({"state": ""}, "began no such sign-in"),
        ({"iss": "https://evil.example"}, "another identity provider"),
        ({"iss": ""}, "another identity provider"),
        ({"code": "made-up"}, "does not take this answer"),
        ({"code": ""}, "did not sign you in"),
        ({"error": "access_denied"}, "or may not use this service there"),
        ({"error": "<script>alert(1)</script>"}, "did not sign you in (no code)"),
        ({"error": "login_required"}, "did not sign you in (login_required)"),
    ],
)
async def test_an_answer_that_was_changed_on_its_way(world: Any, changed: dict[str, str], said: str) -> None:
    """Nothing of it is redeemed where it is not this browser's, or another provider's (RFC 9207)."""
    async with world() as here:
        here.provider.answer = changed
        await refused(here, said)
        redeemed = [path for path, _ in here.provider.asked if path == "/token"]
    assert len(redeemed) == (1 if changed.get("code") else 0)


async def test_a_code_works_once_and_in_its_own_browser(world: Any) -> None:
    """A second visit of the same address, and that of another browser, sign nobody in."""
    async with world() as here:
        address = await here.answer_of(await here.begin())
        flow = here.browser.client.cookies[FLOW_COOKIE]
        async with browsing(here.bench, None) as stranger:
            answer = await stranger.client.get(address)
            assert (answer.status_code, SESSION_COOKIE in stranger.client.cookies) == (403, False)
        assert (await here.come_back(address)).status_code == 200
        assert (await here.come_back(address)).status_code == 403
        async with browsing(here.bench, None) as thief:
            answer = await thief.client.get(address, headers={"Cookie": f"{FLOW_COOKIE}={flow}"})
            assert (answer.status_code, SESSION_COOKIE in thief.client.cookies) == (403, False)


async def test_the_code_of_another_sign_in_is_refused(world: Any) -> None:
    """A stranger's code under this browser's state: the provider sees the wrong verifier."""
    async with world() as here:
        theirs = parse_qs(urlsplit(await here.answer_of(await here.begin())).query)
        mine = parse_qs(urlsplit(await here.answer_of(await here.begin())).query)
        mixed = {"code": theirs["code"][0], "state": mine["state"][0], "iss": mine["iss"][0]}
        answer = await here.come_back(f"{REDIRECT}?{urlencode(mixed)}")

        assert answer.status_code == 403
        assert "does not take this answer" in here.browser.text


async def test_ten_minutes_later_it_is_too_late(world: Any) -> None:
    """The flow's cookie is over by itself."""
    async with world() as here:
        address = await here.answer_of(await here.begin())
        here.bench.clock.advance(PROVIDER_FLOW_SECONDS)

        assert (await here.come_back(address)).status_code == 403


@pytest.mark.parametrize(
    "cookie", ["", "x", BOX.encrypt("a mailbox's password"), BOX.encrypt('{"for": "web session", "token": "x"}')]
)
async def test_only_our_own_flows_count(world: Any, cookie: str) -> None:
    """Nonsense, and what else the same key sealed, began no sign-in."""
    async with world() as here:
        here.browser.client.cookies.set(FLOW_COOKIE, cookie, domain="glass.example", path="/llm")

        assert (await here.come_back(f"{REDIRECT}?code=x&state=x")).status_code == 403


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "../api", "queue\n", "javascript:x", "/\\evil"]
)
async def test_nobody_is_led_elsewhere(world: Any, address: str) -> None:
    """The page after signing in is one of ours."""
    async with world() as here:
        shown = await here.sign_in(address)

        assert 'content="0; url=./"' in shown.text
        assert "evil" not in shown.text


def _large() -> Response:
    return Response(b'{"x": "' + b"x" * MAX_PROVIDER_BYTES + b'"}', media_type="application/json")


def _packed() -> Response:
    return Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})


BAD: list[tuple[Callable[[], Response], int]] = [
    (_large, 502),
    (_packed, 502),
    (lambda: Response(b"<html>", 200), 502),
    (lambda: Response(b"[" * 100_000, 200), 502),
    (lambda: Response(b"", 503), 503),
    (lambda: RedirectResponse("http://127.0.0.1:1/"), 502),
]


@pytest.mark.parametrize("path", ["/token", "/keys", "/userinfo"])
@pytest.mark.parametrize(("bad", "status"), BAD)
async def test_a_provider_in_trouble(world: Any, path: str, bad: Callable[[], Response], status: int) -> None:
    """A page says so, whichever answer fails; nothing is followed elsewhere."""
    async with world(oidc_admin_claim="groups=admins") as here:
        here.provider.instead = {path: bad}
        shown = await here.sign_in()

        assert shown.status_code == status, here.browser.text
        assert "identity provider" in here.browser.text
        assert here.browser.page.css("a.button")
        assert SESSION_COOKIE not in here.browser.client.cookies


async def test_a_provider_that_is_away(world: Any) -> None:
    """The way there says so, and the other ways in are still open."""
    async with world() as here:
        here.bench.set(oidc_issuer="http://127.0.0.1:1")
        answer = await here.browser.open("provider")

        assert answer.status_code == 503
        assert "The identity provider" in here.browser.text
        assert "cannot be reached" in here.browser.text
        assert here.browser.page.css("input[name=key]")


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "https://user:pw@127.0.0.1/"},
        {"token_endpoint": 7},
    ],
)
async def test_a_discovery_document_that_leads_elsewhere(world: Any, document: dict[str, Any]) -> None:
    """Nobody is led there, and no secret is sent there."""
    async with world() as here:
        here.provider.document = document
        answer = await here.browser.client.get(START + "provider")

        assert answer.status_code in (500, 502)
        assert "Location" not in answer.headers


async def test_further_hosts_can_be_allowed(world: Any) -> None:
    """By name and port."""
    async with world() as here:
        here.provider.document = {"token_endpoint": "https://tokens.example.org/token"}
        here.bench.set(oidc_hosts="tokens.example.org")
        assert await here.begin()


async def test_a_new_key_of_the_provider_s_is_fetched(world: Any) -> None:
    """Once a minute at most: a flood of strange names asks no more."""
    async with world() as here:
        assert (await here.sign_in()).status_code == 200
        here.provider.key, here.provider.name = new_key("RS256"), "second"
        await here.browser.open("access")
        await here.browser.send("sign-out")
        here.bench.clock.advance(61)
        assert (await here.sign_in()).status_code == 200
        await here.browser.open("access")
        await here.browser.send("sign-out")
        here.provider.sign = lambda c: jwt.encode(c, STRANGE, algorithm="RS256", headers={"kid": "third"})
        before = [path for path, _ in here.provider.asked].count("/keys")
        assert (await here.sign_in()).status_code == 403
        assert [path for path, _ in here.provider.asked].count("/keys") == before


@pytest.mark.parametrize("name", ["first", None])
async def test_a_new_key_under_the_old_name_is_fetched(world: Any, name: str | None) -> None:
    """Some providers give every key the same name, or none; the old key proves nothing then."""
    async with world() as here:
        here.provider.name = name
        assert (await here.sign_in()).status_code == 200
        old, here.provider.key = here.provider.key, new_key("RS256")
        here.bench.clock.advance(61)
        for status in (200, 403):
            await here.browser.open("access")
            await here.browser.send("sign-out")
            assert (await here.sign_in()).status_code == status
            here.provider.sign = lambda c: jwt.encode(
                c, old, algorithm="RS256", headers={"kid": name} if name else None
            )


@pytest.mark.parametrize(
    ("named", "claims", "seen", "service"),
    [
        ({}, {"groups": ["admins"]}, {"own"}, 403),
        ({"oidc_admin_claim": "groups=admins"}, {"groups": ["users", "admins"]}, {"own", "domain", "elsewhere"}, 200),
        ({"oidc_admin_claim": "groups=admins"}, {"groups": "admins"}, {"own", "domain", "elsewhere"}, 200),
        ({"oidc_admin_claim": "groups=admins"}, {"groups": ["admins2", "not admins"]}, {"own"}, 403),
        ({"oidc_admin_claim": "realm_access.roles=admin"}, {"realm_access": {"roles": ["admin"]}}, {"own", "domain", "elsewhere"}, 200),
        ({"oidc_admin_claim": "is_admin=true"}, {"is_admin": True}, {"own", "domain", "elsewhere"}, 200),
        ({"oidc_domain_claim": "groups=desk:example.net"}, {"groups": ["desk"]}, {"own", "domain"}, 403),
        ({"admins": USER}, {}, {"own", "domain", "elsewhere"}, 200),
        ({"domain_admins": f"{USER}:example.net"}, {}, {"own", "domain"}, 403),
    ],
)  # fmt: skip
async def test_roles(world: Any, named: dict[str, str], claims: dict[str, Any], seen: set[str], service: int) -> None:
    """By the provider's claims where the settings name them, else by our own lists."""
    async with world(**named) as here:
        bench, browser = here.bench, here.browser
        here.provider.user = PERSON | claims
        await bench.store(
            analysis(ref(5, USER), subject="own"),
            analysis(ref(6, "x@example.net"), subject="domain"),
            analysis(ref(7, "x@sub.example.net"), subject="elsewhere"),
        )
        assert (await here.sign_in()).status_code == 200
        await browser.open("")

        assert {link.text(strip=True) for link in browser.page.css(".row h2 a")} == seen
        assert (await browser.open("service")).status_code == service


async def test_an_administrator_needs_no_mailbox(world: Any) -> None:
    """The name in the audit then holds no address: nobody proved one."""
    async with world(oidc_admin_claim="groups=admins", admins="root@example.org") as here:
        here.provider.user = {"email": "root@example.org", "email_verified": False, "groups": ["admins"]}
        assert (await here.sign_in()).status_code == 200
        assert (await here.browser.open("service")).status_code == 200
        (entry,) = await here.bench.database.history.audited()
        assert entry["actor"].startswith("provider-")


async def test_a_mailbox_in_the_list_of_administrators_must_be_proven(world: Any) -> None:
    """An address that the provider does not vouch for makes nobody an administrator."""
    async with world(admins=USER) as here:
        here.provider.user = {"email": USER, "email_verified": False}
        await refused(here, "does not vouch")


async def test_the_profile_must_be_the_same_person_s(world: Any) -> None:
    """The token names no address, and the access token was swapped."""
    async with world() as here:
        here.provider.claims = {"email": None, "email_verified": None}
        assert (await here.sign_in()).status_code == 200
        await here.browser.open("access")
        await here.browser.send("sign-out")
        here.provider.profile = {"sub": "person-2"}
        await refused(here, "profile is another person's")


@pytest.mark.parametrize(("exists", "status"), [(True, 200), (False, 403), (None, 503)])
async def test_the_mail_server_says_which_mailboxes_there_are(world: Any, exists: bool | None, status: int) -> None:
    """One that cannot say lets nobody in."""

    async def has_mailbox(mailbox: str) -> bool:
        if exists is None:
            raise ConnectFailed
        return exists

    async with world() as here:
        services = here.bench.app.state.services
        here.bench.app.state.services = replace(services, has_mailbox=has_mailbox)

        assert (await here.sign_in()).status_code == status


async def test_the_way_in_can_be_closed(world: Any) -> None:
    """Then its sessions are over, and the page offers it no more."""
    async with world() as here:
        assert (await here.sign_in()).status_code == 200
        here.bench.set(oidc_client_id=None)

        assert (await here.browser.open("queue")).url.path == "/llm/sign-in"
        assert not here.browser.page.css("a.button")
        assert (await here.browser.client.get(START + "provider")).status_code == 404
        assert (await here.come_back(f"{REDIRECT}?code=x&state=x")).status_code == 404


async def test_a_wrong_secret_is_the_administrator_s_affair(world: Any) -> None:
    """The page says that the provider refuses this service, and the secret is on no page."""
    async with world() as here:
        here.bench.set(oidc_client_secret=SecretStr("wrong-secret"))
        shown = await here.sign_in()

        assert shown.status_code == 502
        assert "refuses this service (invalid_client)" in here.browser.text
        assert "wrong-secret" not in shown.text


async def test_a_public_client_has_no_secret(world: Any) -> None:
    """PKCE alone then proves that it is the same program."""
    async with world() as here:
        here.provider.secret = ""
        here.bench.set(oidc_client_secret=None)

        assert (await here.sign_in()).status_code == 200


async def test_the_secret_goes_into_the_form_where_the_provider_wants_it_there(world: Any) -> None:
    """By its discovery document."""
    async with world() as here:
        here.provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

        assert (await here.sign_in()).status_code == 200
        (form,) = [fields for path, fields in here.provider.asked if path == "/token"]
        assert form["client_secret"] == CLIENT_SECRET


@pytest.mark.parametrize("page", ["provider", "provider-sign-out"])
async def test_tries_are_counted(world: Any, page: str) -> None:
    """Like those with a password: each may ask the provider for its addresses."""
    async with world() as here:
        statuses = [
            (await here.browser.client.get(START + page)).status_code for _ in range(MAX_SIGN_INS_PER_ADDRESS + 1)
        ]

    assert statuses == [303] * MAX_SIGN_INS_PER_ADDRESS + [429]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("oidc_issuer", "login.example.org", "OIDC_ISSUER: must be a URL"),
        ("oidc_admin_claim", "admins", "is not claim=value"),
        ("oidc_domain_claim", "groups=desk", "is not claim=value:example.org"),
        ("oidc_domain_claim", "groups=desk:a@b", "is not claim=value:example.org"),
        ("oidc_hosts", "https://x", "is not host or host:port"),
    ],
)
def test_a_mistake_in_the_settings_is_named(name: str, value: str, said: str) -> None:
    """With the setting and the form that it wants."""
    with pytest.raises(ConfigError, match=said):
        Settings(**{name: value})


def test_without_the_library_the_message_says_which_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how it is installed."""
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ConfigError, match=r"extra \[oidc\]") as caught:
        jose()
    assert "pip install -e '.[oidc]'" in caught.value.fix


LOGOUT = "https://login.example.org/logout?realm=mail"


async def test_signing_out_offers_the_provider_s_sign_out(world: Any) -> None:
    """By our name and the registered address; nobody is led there without asking."""
    async with world() as here:
        browser, end = here.browser, f"{here.provider.url}/logout"
        here.provider.document = {"end_session_endpoint": f"{end}?realm=mail"}
        await here.sign_in()
        await browser.open("access")
        signed_in = await browser.client.get(f"{START}provider-sign-out")
        await browser.send("sign-out")
        await browser.follow()
        link = browser.page.css_first('a[href="./provider-sign-out"]')
        led = await browser.client.get(f"{START}provider-sign-out")

        assert signed_in.headers["Location"] == "./sign-in"
        assert link.text() == "Sign out there, too"
        assert "You are still signed in at Example Login." in browser.text
        address = urlsplit(led.headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == end
        asked = parse_qs(address.query)
        assert asked == {"realm": ["mail"], "client_id": [CLIENT], "post_logout_redirect_uri": [f"{START}sign-in"]}


@pytest.mark.parametrize("endpoint", [None, LOGOUT, "http://login.example.org/logout", 5, "javascript:alert(1)"])
async def test_a_sign_out_that_is_not_the_provider_s_is_not_offered(world: Any, endpoint: object) -> None:
    """None published, another host, not encrypted, no address: signing in and out here works all the same."""
    async with world() as here:
        browser = here.browser
        here.provider.document = {"end_session_endpoint": endpoint}
        await here.sign_in()
        await browser.open("access")
        await browser.send("sign-out")
        await browser.follow()
        led = await browser.client.get(f"{START}provider-sign-out")

        assert browser.page.css_first('a[href="./provider-sign-out"]') is None
        assert "You are signed out." in browser.text
        assert led.headers["Location"] == "./sign-in"


async def test_another_host_may_be_allowed_for_the_sign_out(world: Any) -> None:
    """By the setting that allows its other endpoints."""
    async with world(oidc_hosts="login.example.org") as here:
        here.provider.document = {"end_session_endpoint": LOGOUT}
        await here.browser.open("")
        led = await here.browser.client.get(f"{START}provider-sign-out")

        assert led.headers["Location"].startswith(f"{LOGOUT}&client_id={CLIENT}")


async def test_an_owner_by_password_is_offered_no_sign_out_elsewhere(world: Any) -> None:
    """Their session never was the provider's."""

    async def check_login(login: Any) -> bool:
        return True

    async with world() as here:
        here.bench.app.state.services = here.bench.services = replace(here.bench.services, check_login=check_login)
        here.provider.document = {"end_session_endpoint": f"{here.provider.url}/logout"}
        await here.browser.sign_in_as(USER, "right")
        await here.browser.open("access")
        await here.browser.send("sign-out")
        await here.browser.follow()

        assert here.browser.page.css_first('a[href="./provider-sign-out"]') is None


class Slow:
    """A provider that notes who is signed in here when it is asked where to sign out."""

    def __init__(self, bench: Bench) -> None:
        """Nothing was asked."""
        self._bench = bench
        self.seen: list[int] = []

    async def sign_out_address(self) -> str:
        """Count the sessions."""
        found = await self._bench.database.sessions.sessions_of(USER, now=NOW, idle_since=NOW - timedelta(hours=1))
        self.seen.append(len(found))
        return ""


async def test_the_session_here_ends_before_the_provider_is_asked(world: Any) -> None:
    """It may take ten seconds to answer, or never come to it."""
    async with world() as here:
        await here.sign_in()
        await here.browser.open("access")
        slow = Slow(here.bench)
        here.bench.app.state.services = here.bench.services = replace(here.bench.services, provider=slow)
        await here.browser.send("sign-out")

        assert slow.seen == [0]
