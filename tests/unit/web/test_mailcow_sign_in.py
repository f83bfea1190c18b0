"""Signing in with an API key of mailcow, checked by a server with mailcow's wire format."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from glassdome.core.limits import MAX_SIGN_INS_PER_ADDRESS
from glassdome.integrations.mailcow.key_check import MailcowKeyCheck
from glassdome.integrations.tls import TlsPolicy
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState
from tests.servers.served import Served
from tests.unit.api.bench import OTHER, RW, USER, Bench, analysis, ref

from .browser import browsing

RW_KEY, RO_KEY = "A1B2C3-D4E5F6-ABCDEF-123456-FEDCBA", "000000-D4E5F6-ABCDEF-123456-FEDCBA"


@pytest.fixture
async def mailcow(bench: Bench) -> AsyncIterator[MailcowServer]:
    """A mailcow that the pages ask."""
    server = MailcowServer(MailcowState(), rw_key=RW_KEY, ro_key=RO_KEY)
    served = Served(server.app)
    check = MailcowKeyCheck(served.url, TlsPolicy())
    bench.app.state.services = bench.services = replace(bench.services, check_mailcow_key=check)
    bench.set(trusted_proxies="127.0.0.1")
    async with served:
        yield server


@pytest.mark.parametrize(("key", "written"), [(RW_KEY, 303), (RO_KEY, 403)])
async def test_an_administrator_sees_everything(bench: Bench, mailcow: MailcowServer, key: str, written: int) -> None:
    """And changes it where the key may write; the visitor's address and no cookie go along."""
    await bench.store(analysis(ref(5), subject="Mine"), analysis(ref(6, OTHER), subject="Theirs"))
    async with browsing(bench, None, **{"X-Real-IP": "192.0.2.7"}) as browser:
        await browser.open("sign-in")
        assert "mailcow's administrators use an API key of mailcow" in browser.text
        assert (await browser.send("sign-in", key=key)).status_code == 303
        await browser.open("")
        assert "Mine" in browser.text
        assert "Theirs" in browser.text
        assert (await browser.open("service")).status_code == 200
        await browser.open(f"settings?mailbox={USER}")
        assert (await browser.send("settings", chosen="on", engine_access="full")).status_code == written
        bench.set(mailcow_sign_in=False)
        assert (await browser.open("queue")).url.path == "/llm/sign-in"
    entry = (await bench.database.history.audited())[-1]
    assert entry["actor"].startswith("mailcow-")
    assert key not in str(entry)
    assert [route for route, _ in mailcow.requests] == ["get/status/version", "edit/llm"]
    assert {headers["x-forwarded-for"] for _, headers in mailcow.requests} == {"192.0.2.7"}
    assert "cookie" not in mailcow.requests[0][1]


async def signed_in(bench: Bench, key: str, **headers: str) -> tuple[int, str]:
    """Try a key, and return the status and the page."""
    async with browsing(bench, None, **headers) as browser:
        await browser.open("sign-in")
        await browser.send("sign-in", key=key)
        return browser.answer.status_code, browser.text


@pytest.mark.parametrize("key", [RW_KEY.lower(), RW_KEY + "!", RW_KEY + "_", "A1B2C3", "x" * 129, "", "gd_" + "x" * 40])
async def test_a_wrong_key_is_one(bench: Bench, mailcow: MailcowServer, key: str) -> None:
    """One sentence; and mailcow, which drops odd characters, is not asked about a text with them."""
    with capture_logs() as logs:
        status, text = await signed_in(bench, key)

    assert (status, "That key is not valid." in text) == (401, True)
    assert {"address": "127.0.0.1", "door": "web", "event": "key_refused", "log_level": "warning"} in logs
    assert len(mailcow.requests) == (1 if key == RW_KEY.lower() else 0)


async def test_our_own_keys_do_not_travel(bench: Bench, mailcow: MailcowServer) -> None:
    """They are looked up first."""
    assert (await signed_in(bench, RW))[0] == 303
    assert mailcow.requests == []


async def test_mailcow_s_list_of_addresses_holds_for_the_visitor(bench: Bench, mailcow: MailcowServer) -> None:
    """A stolen key opens nothing from elsewhere, and its owner learns why."""
    mailcow.denied = {"198.51.100.9"}
    status, text = await signed_in(bench, RW_KEY, **{"X-Real-IP": "198.51.100.9"})

    assert (status, "does not allow this key from your address" in text) == (403, True)
    assert (await signed_in(bench, RW_KEY, **{"X-Real-IP": "192.0.2.7"}))[0] == 303


async def test_a_mailcow_in_trouble_makes_no_key_wrong(bench: Bench, mailcow: MailcowServer) -> None:
    """Away: nothing was checked. An empty page, its word for a missing key: the key is wrong."""
    mailcow.broken = True
    assert (await signed_in(bench, RW_KEY))[0] == 401
    check = MailcowKeyCheck("http://127.0.0.1:1", TlsPolicy())
    bench.app.state.services = replace(bench.services, check_mailcow_key=check)
    with capture_logs() as logs:
        status, text = await signed_in(bench, RW_KEY)

    assert (status, "the key was not checked" in text) == (503, True)
    assert "key_refused" not in [entry["event"] for entry in logs]


async def test_tries_are_counted(bench: Bench, mailcow: MailcowServer) -> None:
    """Past the limit the right key waits, and mailcow is asked no more."""
    async with browsing(bench, None) as browser:
        statuses = []
        for _ in range(MAX_SIGN_INS_PER_ADDRESS):
            await browser.open("sign-in")
            statuses.append((await browser.send("sign-in", key="guess-guess-guess")).status_code)
        await browser.open("sign-in")
        statuses.append((await browser.send("sign-in", key=RW_KEY)).status_code)

    assert statuses == [401] * MAX_SIGN_INS_PER_ADDRESS + [429]
    assert len(mailcow.requests) == MAX_SIGN_INS_PER_ADDRESS


async def test_checks_share_nothing(bench: Bench, mailcow: MailcowServer) -> None:
    """At the same time, a right key opens nothing for a wrong one: each has its own cookies."""
    check: Any = bench.services.check_mailcow_key
    found = await asyncio.gather(*(check(key, "192.0.2.7") for key in [RW_KEY, "wrong-key-wrong"] * 10))

    assert found == ["mailcow", None] * 10


async def test_keys_made_by_a_granted_role_are_short(bench: Bench, mailcow: MailcowServer) -> None:
    """Mailcow does not tell when the role ends."""
    async with browsing(bench, None) as browser:
        await browser.open("sign-in")
        await browser.send("sign-in", key=RW_KEY)
        await browser.open("access")
        assert browser.page.css_first("input[name=days]").attributes["value"] == "30"
        long = await browser.send("make-key", label="x", covers="*", days="31")
        assert (long.status_code, "1 to 30 days" in browser.text) == (400, True)
        await browser.open("access")
        assert (await browser.send("make-key", label="x", covers="*", days="30")).status_code == 200
