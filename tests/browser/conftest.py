"""The web UI as it really runs, and Debian's Chromium to look at it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.secrets import SecretBox
from glassdome.store import migrate
from glassdome.values.action import Action, ActionKind
from glassdome.values.job import NewJob
from glassdome.values.message import Address
from glassdome.values.verdict import Label
from glassdome.web.app import add_web
from tests.unit.api.bench import KEYS, NOW, RW, USER, Bench, analysis, ref, verdict
from tests.unit.api.running import running

CHROMIUM = "/usr/bin/chromium"
HOSTILE = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>\u202e"
_NUMBERS = itertools.count(1)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


async def prepare(bench: Bench) -> None:
    """Mail of each kind: phishing that was moved, hostile words everywhere, one that failed."""
    await asyncio.to_thread(add_web, bench.app, SecretBox(Fernet.generate_key().decode()))
    await bench.choose(USER)
    await bench.store(
        analysis(ref(5), Label.PHISH, subject="Your parcel is waiting"),
        analysis(ref(6), Label.SPAM, subject="All for nothing", verdict=verdict(Label.SPAM, degraded=True)),
        analysis(
            ref(7),
            subject=HOSTILE + "long" * 100,
            header_from=Address(name=HOSTILE, addr="x" * 80 + "@y.example"),
            verdict=verdict(summary=HOSTILE * 5, categories=(HOSTILE,)),
        ),
        analysis(ref(8), subject="Lunch?"),
    )
    bench.folders.held.add(ref(105, folder="Junk"))
    move = Action(ref=ref(5), kind=ActionKind.MOVE, argument="\\Junk")
    await bench.act(move, moved_to=ref(105, folder="Junk"))
    await bench.database.queue.enqueue([NewJob(ref=ref(9))], now=NOW)
    await bench.fail("timed_out", "Too slow.")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service with pages."""
    path: Path = tmp_path_factory.mktemp("browser") / "web.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    with running(path, Settings(api_keys=SecretStr(KEYS), trusted_proxies="127.0.0.1"), prepare) as port:
        yield f"http://127.0.0.1:{port}/llm/"


@pytest.fixture(scope="module")
def chromium(site: str) -> Iterator[Browser]:
    """A running Chromium; root may start it without its sandbox only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is looked at, and what the browser complained of meanwhile."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Page:
        """Open a page of ours."""
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, key: str = RW) -> None:
        """Sign in with a key."""
        self.open("sign-in")
        self.page.get_by_label("API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)


@contextmanager
def visiting(chromium: Browser, site: str, **options: Any) -> Iterator[Visit]:
    """Yield a visit in a fresh profile; whatever the browser complains of fails the test."""
    # Each comes from an address of its own, since tries to sign in are counted.
    address = f"198.51.100.{next(_NUMBERS)}"
    context = chromium.new_context(extra_http_headers={"X-Real-IP": address}, **options)
    visit = Visit(context.new_page(), site)
    # A breach of the content security policy is told as an error on the console, a crash of our script as a page error.
    visit.page.on(
        "console", lambda said: visit.complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("request", lambda asked: None if asked.url.startswith(site) else visit.complaints.append(asked.url))
    visit.page.set_default_timeout(20_000)
    yield visit
    assert visit.complaints == []
    context.close()
