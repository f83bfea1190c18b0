"""API keys that people make on the page: what they open, for how long, and that they never do more than their owner."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.core.limits import MAX_MADE_KEYS
from glassdome.values.credentials import Credentials
from glassdome.web.app import add_web
from tests.unit.api.bench import KEYS, OTHER, OWN, RO, RW, USER, Bench, analysis, ref

from .browser import Browser, browsing
from .conftest import BOX

STATS = "/api/v1/get/llm/stats"
EDIT = "/api/v1/edit/llm/preferences"


async def anybody(login: Credentials) -> bool:
    """Stand for a mail server that takes every password."""
    return True


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The pages, which any owner can sign in to."""
    made = Bench(
        request.getfixturevalue("database"), request.getfixturevalue("settings"), changes={"check_login": anybody}
    )
    add_web(made.app, BOX)
    return made


async def made(browser: Browser, **fields: str) -> str:
    """Make a key on the page, and return it."""
    await browser.open("access")
    await browser.send("make-key", {"label": "Assistant", "covers": USER, "days": "30"} | fields)
    shown = browser.page.css_first("#made")
    return shown.text() if shown else ""


async def test_a_key_sees_the_own_mailbox_alone(bench: Bench) -> None:
    """It reads, writes only if asked for, is shown once, and stands nowhere."""
    await bench.store(analysis(ref(5)), analysis(ref(6, OTHER)))
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(USER, "right")
        key = await made(browser)
        writer = await made(browser, writes="on")
        await browser.open("access")
        assert (key in browser.answer.text, browser.text.count("Assistant")) == (False, 2)
    wish = {"username": USER, "chosen": True}
    strange = {"username": OTHER, "chosen": True}

    assert (await bench.get(STATS, key=key)).json()["total"] == 1
    assert [(await bench.post(EDIT, wish, key=one)).status_code for one in (key, writer)] == [403, 200]
    assert (await bench.post(EDIT, strange, key=writer)).status_code == 403
    assert (await bench.get("/api/v1/get/llm/config", key=key)).status_code == 403
    assert (await bench.get(STATS, key=key + "x")).status_code == 401
    entries = await bench.database.history.audited()
    assert key not in str(entries) + str(await bench.database.api_keys.keys_of(None, now=bench.clock.now()))
    assert [entry["actor"] for entry in entries if entry["action"] == "make_key"] == [USER, USER]


async def test_a_revoked_key_opens_nothing_in_any_process(bench: Bench) -> None:
    """At the next request; nobody else can revoke it, and it expires by itself."""
    other = Bench(bench.database, bench.settings, changes={"check_login": anybody})
    await asyncio.to_thread(add_web, other.app, BOX)
    async with browsing(bench, None) as browser, browsing(other, None) as stranger:
        await browser.sign_in_as(USER, "right")
        await stranger.sign_in_as(OTHER, "right")
        key, brief = await made(browser), await made(browser, days="1")
        await made(stranger, covers=OTHER)
        assert [(await other.get(STATS, key=one)).status_code for one in (key, brief)] == [200, 200]
        await stranger.open("access")
        assert (await stranger.send("revoke-key", key="1")).status_code == 404
        assert (await other.get(STATS, key=key)).status_code == 200
        await browser.open("access")
        assert (await browser.send("revoke-key", key="1")).status_code == 303

    assert (await other.get(STATS, key=key)).status_code == 401
    bench.clock.advance(86_400)  # type: ignore[attr-defined]
    assert (await bench.get(STATS, key=brief)).status_code == 401


@pytest.mark.parametrize(
    "fields",
    [{"covers": OTHER}, {"covers": "*"}, {"covers": "example.org"}, {"days": "0"}, {"days": "731"}, {"label": ""}],
)
async def test_a_key_for_more_is_refused(bench: Bench, fields: dict[str, str]) -> None:
    """Another mailbox, everything, a domain, for ever, without a name."""
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(USER, "right")

        assert await made(browser, **fields) == ""
        assert browser.answer.status_code in (400, 403)
    assert await bench.database.api_keys.keys_of(None, now=bench.clock.now()) == ()


@pytest.mark.parametrize(
    ("role", "covers", "closed"),
    [
        ({"admins": USER}, "*", {"admins": ""}),
        ({"domain_admins": f"{USER}:example.net"}, "example.net", {"domain_admins": ""}),
        ({"domain_admins": f"{USER}:example.net"}, "example.net", {"domain_admins": f"{USER}:example.com"}),
        ({}, USER, {"mailbox_sign_in": False}),
    ],
)
async def test_a_key_ends_with_its_owners_role(
    bench: Bench, role: dict[str, Any], covers: str, closed: dict[str, Any]
) -> None:
    """A role or way in that is taken away takes the keys along, and given back gives them back."""
    bench.set(**role)
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(USER, "right")
        key = await made(browser, covers=covers)
    statuses = [(await bench.get(STATS, key=key)).status_code]
    bench.set(**closed)
    statuses.append((await bench.get(STATS, key=key)).status_code)
    bench.set(**({"mailbox_sign_in": True} | role))
    statuses.append((await bench.get(STATS, key=key)).status_code)

    assert statuses == [200, 401, 200]


async def test_a_key_that_a_key_made_ends_with_it(bench: Bench) -> None:
    """And one that only reads makes none that writes."""
    async with browsing(bench, OWN) as browser:
        key = await made(browser, covers="example.org")
    async with browsing(bench, RO) as reader:
        assert await made(reader, covers="*", writes="on") == ""
    assert (await bench.get(STATS, key=key)).status_code == 200
    bench.set(api_keys=SecretStr(KEYS.replace(OWN, "another-key-of-tests")))

    assert (await bench.get(STATS, key=key)).status_code == 401


async def test_who_may_only_read_revokes_no_keys_of_others(bench: Bench) -> None:
    """The page shows an administrator all keys; with a key that only reads, the own ones alone have a button."""
    async with browsing(bench, RW) as writer, browsing(bench, RO) as reader:
        key = await made(writer, covers="*")
        own = await made(reader, covers="*")
        await reader.open("access")
        shown = [form.css_first("button") is not None for form in reader.page.css("form[action='./revoke-key']")]
        refused = (await reader.send("revoke-key", key="1")).status_code
        await reader.open("access")
        taken = (await reader.send("revoke-key", key="2")).status_code

    assert (sorted(shown), refused, taken) == ([False, True], 403, 303)
    assert [(await bench.get(STATS, key=one)).status_code for one in (key, own)] == [200, 401]


async def test_keys_are_bounded(bench: Bench) -> None:
    """One person makes so many, and no more before one is revoked."""
    async with browsing(bench, None) as browser:
        await browser.sign_in_as(USER, "right")
        texts = {await made(browser) for _ in range(MAX_MADE_KEYS)}
        assert len(texts - {""}) == MAX_MADE_KEYS
        assert await made(browser) == ""
        assert browser.answer.status_code == 409
