"""Signing in with a mailbox's password in a real browser, checked by a real Dovecot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from glassdome.bootstrap.sign_in import password_check
from glassdome.core.config import Settings
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.tls import TlsPolicy
from glassdome.store import migrate
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.unit.api.bench import KEYS, Bench, analysis, ref
from tests.unit.api.running import running

from .conftest import PHONE, WIDE, prepare, visiting

pytestmark = pytest.mark.servers
OWNER = "owner@example.test"


@pytest.fixture(scope="module")
def owners_site(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service whose passwords Dovecot checks."""
    dovecot.add_mailbox(OWNER)
    tls = TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)
    server = ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)

    async def stocked(bench: Bench) -> None:
        bench.app.state.services = replace(bench.services, check_login=password_check(server))
        await prepare(bench)
        await bench.store(analysis(ref(50, OWNER), subject="For the owner"))

    path = tmp_path_factory.mktemp("owners") / "web.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    with running(path, Settings(api_keys=SecretStr(KEYS), trusted_proxies="127.0.0.1"), stocked) as port:
        yield f"http://127.0.0.1:{port}/llm/"


@pytest.mark.parametrize(("size", "script"), [(WIDE, True), (PHONE, False)], ids=["wide", "phone-no-script"])
def test_an_owner_signs_in_and_out_everywhere(
    owners_site: str, chromium: Browser, size: dict[str, int], script: bool
) -> None:
    """A wrong password is said, the right one leads to the own mail alone, and all sessions end together."""
    options = {"viewport": size, "java_script_enabled": script}
    with visiting(chromium, owners_site, **options) as there, visiting(chromium, owners_site, **options) as here:
        for visit in (there, here):
            page = visit.open()
            page.get_by_label("E-mail address").fill(OWNER)
            page.get_by_label("Password").fill("wrong")
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("alert")).to_contain_text("did not accept")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page).to_have_title("Mail · Glassdome")
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator(".row")).to_contain_text("For the owner")

        page.get_by_role("link", name=OWNER).click()
        expect(page.get_by_role("button", name="End", exact=True)).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.get_by_role("button", name="Sign out everywhere").click()
        expect(page.get_by_role("status")).to_contain_text("in every browser")
        expect(there.open("queue")).to_have_title("Sign in · Glassdome")
        for visit in (there, here):
            visit.complaints = [said for said in visit.complaints if "401" not in said]
