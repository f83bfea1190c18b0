"""Signing in and out: who gets in, for how long, and what the browser keeps."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from pydantic import SecretStr

from glassdome.core.clock import FixedClock
from glassdome.core.limits import (
    MAX_SIGN_INS_PER_ADDRESS,
    MAX_SIGN_INS_PER_PEER,
    WEB_IDLE_SECONDS,
    WEB_SESSION_SECONDS,
)
from glassdome.desk.keys import find_caller, parse_keys
from glassdome.web.app import add_web
from glassdome.web.session import Sessions
from glassdome.web.visitor import SESSION_COOKIE
from tests.unit.api.bench import KEYS, OWN, RO, RW, Bench, analysis, ref

from .browser import START, Browser, browsing
from .conftest import BOX

PAGES = [
    *("", "message?mailbox=a@example.org&id=5", "overview", "queue?state=failed", "settings", "service", "threads"),
    *("access", "categories?mailbox=a@example.org", "webhooks"),
]


@pytest.mark.parametrize("page", PAGES)
async def test_who_is_not_signed_in_is_led_there_and_back(bench: Bench, page: str) -> None:
    """No page shows anything; after signing in the one that was asked for comes."""
    async with browsing(bench, None) as browser:
        await browser.open(page)
        assert browser.answer.url.path == "/llm/sign-in"

        await browser.send("sign-in", key=RO)

    assert str(browser.answer.next_request and browser.answer.next_request.url) == START + page


async def test_a_wrong_key_does_not_get_in(bench: Bench) -> None:
    """401, said in words, and no session."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        await browser.send("sign-in", key="guess")

        assert browser.answer.status_code == 401
        assert "not valid" in browser.text
        assert SESSION_COOKIE not in browser.client.cookies


@pytest.mark.parametrize(("proto", "secure"), [("http", False), ("https", True)])
async def test_the_cookie_is_kept_from_scripts_and_other_sites(bench: Bench, proto: str, secure: bool) -> None:
    """HttpOnly, SameSite=Strict, ends in time, only for our pages, Secure behind TLS; the key is not in it."""
    async with browsing(bench, None, **{"X-Forwarded-Proto": proto}) as browser:
        await browser.open("sign-in")
        for kept in browser.client.cookies.jar:
            kept.secure = False  # the browser speaks TLS with the proxy, which speaks plainly with us
        await browser.send("sign-in", key=RW)

    cookie = browser.answer.headers["set-cookie"]
    _, *flags = (part.strip().lower() for part in cookie.split(";"))
    assert {"httponly", "samesite=strict", f"max-age={WEB_SESSION_SECONDS}"} <= set(flags)
    assert ("secure" in flags) is secure
    assert not [flag for flag in flags if flag.startswith(("path", "domain"))]
    sealed = BOX.decrypt(cookie.partition("=")[2].partition(";")[0].strip('"')).get_secret_value()
    assert RW not in cookie + sealed


async def test_a_session_ends_in_time(bench: Bench) -> None:
    """It holds until its last second, however often it is used."""
    assert isinstance(bench.clock, FixedClock)
    async with browsing(bench) as browser:
        for _ in range(WEB_SESSION_SECONDS // 3600 - 1):
            bench.clock.advance(3600)
            assert (await browser.open("queue")).url.path == "/llm/queue"
        bench.clock.advance(3599)
        assert (await browser.open("queue")).url.path == "/llm/queue"
        bench.clock.advance(1)
        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def test_a_session_ends_without_use(bench: Bench) -> None:
    """A browser that was left alone for hours opens nothing, though its twelve hours are not over."""
    assert isinstance(bench.clock, FixedClock)
    async with browsing(bench) as browser:
        bench.clock.advance(WEB_IDLE_SECONDS - 1)
        assert (await browser.open("queue")).url.path == "/llm/queue"
        bench.clock.advance(WEB_IDLE_SECONDS)
        assert (await browser.open("queue")).url.path == "/llm/sign-in"


@pytest.mark.parametrize("keys", ["other:rw", f"{RW}2:rw"])
async def test_a_key_that_was_taken_away_ends_its_sessions(bench: Bench, keys: str) -> None:
    """At the next request."""
    async with browsing(bench) as browser:
        bench.set(api_keys=SecretStr(keys))

        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def test_a_key_that_may_only_read_now_has_no_buttons(bench: Bench) -> None:
    """The scope of the key is looked up each time."""
    await bench.store(analysis(ref(5)))
    async with browsing(bench) as browser:
        await browser.open("")
        await browser.open(browser.page.css_first(".row h2 a").attributes["href"] or "")
        assert browser.page.css('form[action="./delete"]')
        bench.set(api_keys=SecretStr(f"{RW}:ro"))

        assert (await browser.send("delete")).status_code == 403
        assert (await bench.get("/api/v1/get/llm/stats", key=RW)).json()["total"] == 1


async def test_signing_out_ends_the_session_everywhere(bench: Bench) -> None:
    """The browser forgets the cookie, and a copy of it opens nothing."""
    async with browsing(bench) as browser:
        await browser.open("queue")
        copy = browser.client.cookies[SESSION_COOKIE]
        await browser.send("sign-out")
        assert SESSION_COOKIE not in browser.client.cookies
        await browser.follow()
        assert "signed out" in browser.text
        browser.client.cookies.set(SESSION_COOKIE, copy, domain="glass.example", path="/llm")

        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def test_signing_out_holds_in_other_processes_and_after_a_restart(bench: Bench) -> None:
    """The database knows: a copy of the cookie opens nothing in a process that was not told."""
    other = Bench(bench.database, bench.settings)
    await asyncio.to_thread(add_web, other.app, BOX)
    async with browsing(bench) as browser, browsing(other, None) as thief:
        thief.client.cookies.set(SESSION_COOKIE, browser.client.cookies[SESSION_COOKIE], domain="glass.example")
        assert (await thief.open("queue")).url.path == "/llm/queue"

        await browser.open("queue")
        await browser.send("sign-out")

        assert (await thief.open("queue")).url.path == "/llm/sign-in"


async def test_a_session_that_was_never_begun_opens_nothing(bench: Bench) -> None:
    """A cookie alone, sealed with the right key, is not enough: the database must know the session."""
    begun = Sessions.begin(now=bench.clock.now())
    async with browsing(bench, None) as browser:
        browser.client.cookies.set(SESSION_COOKIE, Sessions(BOX).seal(begun), domain="glass.example", path="/llm")

        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def test_nobody_but_a_named_proxy_names_visitors(bench: Bench) -> None:
    """Addresses that any other peer names for its visitors, on loopback too, give no more tries."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        statuses = [await tried(browser, f"192.0.2.{number}") for number in range(MAX_SIGN_INS_PER_ADDRESS + 1)]

        assert statuses == [401] * MAX_SIGN_INS_PER_ADDRESS + [429]


@pytest.mark.parametrize(
    "cookie", ["", "x", "gAAAA", BOX.encrypt("a mailbox's password"), BOX.encrypt('{"key": "nginx"}')]
)
async def test_only_our_own_cookies_are_sessions(bench: Bench, cookie: str) -> None:
    """Nonsense, and what else the same key sealed, is nobody."""
    async with browsing(bench, None) as browser:
        browser.client.cookies.set(SESSION_COOKIE, cookie)

        assert (await browser.open("queue")).url.path == "/llm/sign-in"


async def tried(browser: Browser, address: str, key: str = "guess") -> int:
    """Send the sign-in page's form from that address, and return the status."""
    form = browser.answer
    browser.client.headers["X-Real-IP"] = address
    status = (await browser.send("sign-in", key=key)).status_code
    if status != 303:
        browser.answer = form
    return status


async def test_tries_are_counted_per_address(bench: Bench) -> None:
    """Past the limit even the right key waits; another address behind the same proxy does not."""
    bench.set(trusted_proxies="127.0.0.1")
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        statuses = [await tried(browser, "192.0.2.66") for _ in range(MAX_SIGN_INS_PER_ADDRESS + 1)]

        assert statuses == [401] * MAX_SIGN_INS_PER_ADDRESS + [429]
        assert await tried(browser, "192.0.2.66", RW) == 429
        assert await tried(browser, "198.51.100.1", RW) == 303


async def test_a_network_of_ipv6_has_the_tries_of_one_address(bench: Bench) -> None:
    """A visitor without a proxy has a whole /64: its addresses are counted together."""
    statuses = []
    for number in range(MAX_SIGN_INS_PER_ADDRESS + 1):
        transport = httpx.ASGITransport(app=bench.app, client=(f"2001:db8::{number:x}", 4444))
        async with httpx.AsyncClient(transport=transport) as client:
            browser = Browser(client)
            await browser.open("sign-in")
            statuses.append((await browser.send("sign-in", key="guess")).status_code)

    assert statuses == [401] * MAX_SIGN_INS_PER_ADDRESS + [429]


async def test_who_goes_on_trying_locks_out_nobody_else(bench: Bench) -> None:
    """An attempt refused to an address is not counted against the proxy that named it."""
    bench.set(trusted_proxies="127.0.0.1")
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        statuses = [await tried(browser, "192.0.2.66") for _ in range(2 * MAX_SIGN_INS_PER_PEER)]

        assert statuses.count(401) == MAX_SIGN_INS_PER_ADDRESS
        assert await tried(browser, "198.51.100.1", RW) == 303


async def test_made_up_addresses_give_no_more_tries_than_the_peer_has(bench: Bench) -> None:
    """A proxy that lets visitors name themselves: the count of its connection holds, and says how long."""
    bench.set(trusted_proxies="127.0.0.1")
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        statuses = [await tried(browser, f"192.0.2.{number}") for number in range(MAX_SIGN_INS_PER_PEER + 1)]
        form = browser.answer
        await browser.send("sign-in", key=RW)

        assert statuses == [401] * MAX_SIGN_INS_PER_PEER + [429]
        assert browser.answer.status_code == 429
        assert int(browser.answer.headers["Retry-After"]) > 0
        browser.answer = form
        bench.clock.advance(60)  # type: ignore[attr-defined]
        assert await tried(browser, "192.0.2.1", RW) == 303


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "../api", "sign-out", "queue\n", "queue#x", "javascript:x", "\\\\evil"],
)
async def test_nobody_is_led_elsewhere(bench: Bench, address: str) -> None:
    """The page after signing in is one of ours."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        await browser.send("sign-in", key=RW, next=address)

        assert browser.answer.headers["Location"] == "./"


async def test_a_foreign_link_does_not_sign_out(bench: Bench) -> None:
    """Strict cookies stay home then: the page says so, leads on, and leaves the session's cookie alone."""
    async with browsing(bench, None) as browser:
        await browser.open("queue", **{"Sec-Fetch-Site": "cross-site"})

        assert [a.attributes["href"] for a in browser.page.css("main a")] == ["./queue"]
        assert SESSION_COOKIE not in browser.answer.headers.get("set-cookie", "")


async def test_behind_a_proxy_that_vouches_nobody_signs_in(bench: Bench) -> None:
    """Scope and secret together are enough, and forms are bound to the browser all the same."""
    bench.set(proxy_secret=SecretStr("between-us"))
    vouched = {"X-Glassdome-Scope": "rw", "X-Glassdome-Proxy-Secret": "between-us"}
    async with browsing(bench, None, **vouched) as browser, browsing(bench, None, **vouched) as stranger:
        await browser.open("settings?mailbox=user@example.org")
        await stranger.open("settings?mailbox=user@example.org")
        assert not browser.page.css('form[action="./sign-out"]')
        token = stranger.page.css_first("input[name=form_token]").attributes["value"] or ""
        shown = browser.answer

        assert (await browser.send("settings", form_token=token, engine_access="full")).status_code == 403
        browser.answer = shown
        assert (await browser.send("settings", engine_access="full", chosen="on")).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Glassdome-Scope": "rw"},
        {"X-Glassdome-Proxy-Secret": "between-us"},
        {"X-Glassdome-Scope": "rw", "X-Glassdome-Proxy-Secret": "guess"},
    ],
)
async def test_half_a_proxy_is_refused(bench: Bench, headers: dict[str, str]) -> None:
    """401 on a page, even for who is signed in."""
    bench.set(proxy_secret=SecretStr("between-us"))
    async with browsing(bench) as browser:
        await browser.open("queue", **headers)

        assert browser.answer.status_code == 401
        assert browser.page.css_first("h1").text() == "Your request was refused"


async def test_where_there_are_no_keys_the_page_says_how_to_get_in(bench: Bench) -> None:
    """Nobody could sign in, and would not know why."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        assert "There are no keys yet." not in browser.text
        bench.set(api_keys=SecretStr(""))
        await browser.open("sign-in")

        assert "There are no keys yet. Set GLASSDOME_API_KEYS" in browser.text


async def test_a_keys_rate_holds_on_pages_too(bench: Bench) -> None:
    """Beyond it 429, as over REST."""
    bench.set(api_rate_per_minute=3)
    async with browsing(bench, OWN) as browser:
        statuses = [(await browser.open("queue")).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


async def test_signing_in_and_out_is_audited(bench: Bench) -> None:
    """Under the key's fingerprint."""
    async with browsing(bench, OWN) as browser:
        await browser.open("queue")
        await browser.send("sign-out")

    entries = await bench.database.history.audited()
    assert [entry["action"] for entry in entries] == ["sign_out", "sign_in"]
    assert {entry["actor"] for entry in entries} == {find_caller(OWN, parse_keys(KEYS)).name}  # type: ignore[union-attr]
