"""The web UI behind the placed nginx file, in a real nginx, with the real service behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.limits import MAX_SIGN_INS_PER_ADDRESS
from glassdome.core.secrets import SecretBox
from glassdome.deploy.render import nginx_site
from glassdome.store import migrate
from glassdome.values.verdict import Label
from glassdome.web.app import add_web
from tests.servers.nginx import NameServer, Nginx
from tests.unit.api.bench import KEYS, RW, USER, Bench, analysis, ref
from tests.unit.api.running import running
from tests.unit.web.browser import Browser

SECRET = "proxy-secret"


async def prepare(bench: Bench) -> None:
    """A mailbox with one phishing mail, and the pages."""
    await asyncio.to_thread(add_web, bench.app, SecretBox(Fernet.generate_key().decode()))
    await bench.choose(USER)
    await bench.store(analysis(ref(5), Label.PHISH))


@pytest.fixture
def names() -> Iterator[NameServer]:
    """Docker's name server."""
    server = NameServer()
    server.known = True
    yield server
    server.stop()


@pytest.fixture
def nginx(server_folder: Path, tmp_path: Path, names: NameServer) -> Iterator[Nginx]:
    """nginx in front of the service."""
    asyncio.run(migrate(f"sqlite:///{tmp_path / 'web.db'}"))
    settings = Settings(api_keys=SecretStr(KEYS), proxy_secret=SecretStr(SECRET), trusted_proxies="127.0.0.1")
    with running(tmp_path / "web.db", settings, prepare) as port:
        site = nginx_site(
            proxy_secret=SECRET, phpfpm="127.0.0.1:9", resolver=names.address, upstream=f"http://llm:{port}"
        )
        started = Nginx(server_folder / tmp_path.name, site)
        started.start()
        yield started
        started.stop()


async def test_the_web_ui_works_behind_mailcows_host_name(nginx: Nginx) -> None:
    """Sign in, read, change something, sign out; mailcow's session and a forged scope stay outside."""
    forged = {"X-Glassdome-Scope": "rw", "X-Glassdome-Proxy-Secret": SECRET}
    async with httpx.AsyncClient(trust_env=False, headers=forged) as client:
        browser = Browser(client, f"{nginx.url}/llm/")
        client.cookies.set("MCSESSID", "1", domain="127.0.0.1")
        assert (await client.get(f"{nginx.url}/llm")).headers["Location"].endswith("/llm/")

        await browser.open("")
        assert browser.answer.url.path == "/llm/sign-in"
        style = browser.page.css_first("link[rel=stylesheet]").attributes["href"] or ""
        assert (await client.get(f"{nginx.url}/llm/{style}")).headers["content-type"].startswith("text/css")
        await browser.send("sign-in", key=RW)
        await browser.follow()
        await browser.open(browser.page.css_first(".row h2 a").attributes["href"] or "")
        assert "This message tries to deceive." in browser.text
        await browser.send("correct", label="ham")
        await browser.follow()
        assert "The correction is stored" in browser.text
        await browser.send("sign-out")

        assert (await browser.open("")).url.path == "/llm/sign-in"


async def test_tries_are_counted_per_visitor(nginx: Nginx) -> None:
    """nginx names the visitor; what a visitor says of themselves does not count."""
    async with httpx.AsyncClient(trust_env=False) as client:
        browser = Browser(client, f"{nginx.url}/llm/")
        await browser.open("sign-in")
        form, statuses = browser.answer, []
        for number in range(MAX_SIGN_INS_PER_ADDRESS + 1):
            browser.answer = form
            client.headers["X-Real-IP"] = f"192.0.2.{number}"
            statuses.append((await browser.send("sign-in", key="guess")).status_code)

    assert statuses[-1] == 429


def test_while_the_service_is_away_a_page_says_so(server_folder: Path, names: NameServer) -> None:
    """In words, as HTML."""
    site = nginx_site(proxy_secret=SECRET, phpfpm="127.0.0.1:9", resolver=names.address, upstream="http://llm:9")
    alone = Nginx(server_folder / "ng-away", site)
    alone.start()
    answer = httpx.get(f"{alone.url}/llm/overview", trust_env=False)
    alone.stop()

    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert "The mail analysis is not running." in answer.text
