"""Signing in through an identity provider in a real browser: there, back, and out again, with and without script."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.integrations.oidc import OidcProvider
from glassdome.store import migrate
from tests.servers.oidc_server import CLIENT, CLIENT_SECRET, OidcServer
from tests.servers.served import Served
from tests.unit.api.bench import KEYS, USER, Bench
from tests.unit.api.running import running

from .conftest import PHONE, WIDE, Visit, prepare, visiting


@contextmanager
def served_in_a_thread(served: Served) -> Iterator[None]:
    """Serve until the block ends, in an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(served.__aenter__(), loop).result(20)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(served.__aexit__(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcServer]:
    """A provider on the other loopback name, so that the browser sees two sites."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await made.app(scope, receive, send)

    served = Served(app)
    url = f"http://localhost:{served.port}"
    user = {"email": USER, "email_verified": True}
    made = OidcServer(url=url, clock=SystemClock(), redirect="", user=user)
    with served_in_a_thread(served):
        yield made


@pytest.fixture(scope="module")
def site(provider: OidcServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service that knows the provider."""

    async def stocked(bench: Bench) -> None:
        bench.app.state.services = replace(bench.services, provider=OidcProvider(lambda: bench.settings, bench.clock))
        await prepare(bench)
        benches.append(bench)
        ready.set()

    benches: list[Bench] = []
    ready = threading.Event()
    path = tmp_path_factory.mktemp("provider") / "web.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    settings = Settings(
        api_keys=SecretStr(KEYS),
        trusted_proxies="127.0.0.1",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_name="Example Login",
    )
    with running(path, settings, stocked) as port:
        provider.redirect = f"http://127.0.0.1:{port}/llm/provider-answer"
        with_address = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}/llm"})
        assert ready.wait(60)
        for bench in benches:
            bench.settings = with_address
        yield f"http://127.0.0.1:{port}/llm/"


@pytest.mark.parametrize(("size", "script"), [(WIDE, True), (PHONE, False)], ids=["wide", "phone-no-script"])
def test_a_person_signs_in_through_the_provider(
    provider: OidcServer, site: str, chromium: Browser, size: dict[str, int], script: bool
) -> None:
    """The button leads there and back to the page that was asked for; strict cookies hold from then on."""
    with visiting(chromium, site, viewport=size, java_script_enabled=script) as visit:
        page = visit.open("settings")
        page.get_by_role("link", name="Sign in with Example Login").click()
        page.wait_for_url(f"{site}settings")
        expect(page.get_by_role("link", name=USER)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        cookies = {cookie["name"]: (cookie["sameSite"], cookie["httpOnly"]) for cookie in page.context.cookies(site)}
        assert cookies["glassdome_session"] == ("Strict", True)
        assert "glassdome_flow" not in cookies

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("status")).to_contain_text("You are signed out.")
        _forgive_the_provider(provider, visit)


def test_a_provider_that_says_no_is_explained(provider: OidcServer, site: str, chromium: Browser) -> None:
    """On the sign-in page, where the other ways in are still open."""
    with visiting(chromium, site) as visit:
        provider.answer = {"error": "access_denied"}
        page = visit.open("sign-in")
        page.get_by_role("link", name="Sign in with Example Login").click()
        expect(page.get_by_role("alert")).to_contain_text("may not use this service there")
        expect(page.get_by_label("API key")).to_be_visible()
        provider.answer = {}
        _forgive_the_provider(provider, visit)


def _forgive_the_provider(provider: OidcServer, visit: Visit) -> None:
    """Take out the requests to the provider, which were asked for, and the status of a refusal."""
    wanted = (provider.url, "status of 403")
    visit.complaints = [said for said in visit.complaints if not any(one in said for one in wanted)]
