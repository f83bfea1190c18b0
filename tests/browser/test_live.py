"""Pages that stay fresh by events, in a real browser: no reload, no clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate
from glassdome.store.connections import Connections, make_engine
from glassdome.values.verdict import Label
from tests.unit.api.bench import KEYS, RW, USER, Bench, analysis, ref
from tests.unit.api.running import running

from .conftest import WIDE, prepare, visiting


def apart(work: Callable[[], object]) -> None:
    """Run it in a thread: the browser's driver has an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database, which another process writes to as well."""
    path = tmp_path_factory.mktemp("live") / "web.db"
    apart(lambda: asyncio.run(migrate(f"sqlite:///{path}")))
    return path


@pytest.fixture(scope="module")
def live_site(file: Path) -> Iterator[str]:
    """The address of a running service with pages."""
    with running(file, Settings(api_keys=SecretStr(KEYS), trusted_proxies="127.0.0.1"), prepare) as port:
        yield f"http://127.0.0.1:{port}/llm/"


def judge(file: Path, uid: int, label: Label, subject: str) -> None:
    """Judge a mail as a worker on another host does: through the database alone."""

    async def work(bench: Bench) -> None:
        await bench.store(analysis(ref(uid), label, subject=subject))
        await bench.database.aclose()

    def judged() -> None:
        database = Database(Connections(make_engine(f"sqlite:///{file}")), rendering=RENDERING)
        asyncio.run(work(Bench(database, Settings(api_keys=SecretStr(KEYS)))))

    apart(judged)


@pytest.mark.parametrize(
    ("path", "told"),
    [("", "A mail that just came"), ("overview", "Messages"), ("queue?state=done", "Message 31")],
    ids=["list", "overview", "queue"],
)
def test_a_judged_mail_appears_without_reload(
    live_site: str, file: Path, chromium: Browser, path: str, told: str
) -> None:
    """In the list with its verdict, in the numbers, and among the jobs."""
    uid = 31 if path.startswith("queue") else 32 if path else 33
    with visiting(chromium, live_site, viewport=WIDE) as visit:
        visit.sign_in()
        with visit.page.expect_response(lambda answer: "/llm/events" in answer.url):
            page = visit.open(path)
        before = page.locator(".tiles dd").first.inner_text() if path == "overview" else ""
        page.evaluate("window.stayed = true")
        judge(file, uid, Label.PHISH, "A mail that just came")
        if path == "overview":
            expect(page.locator(".tiles dd").first).to_have_text(str(int(before) + 1))
        else:
            expect(page.locator("#live")).to_contain_text(told)
        assert page.evaluate("window.stayed")


def test_a_message_page_shows_a_new_verdict(live_site: str, file: Path, chromium: Browser) -> None:
    """The box changes, and the text that was loaded stays."""
    with visiting(chromium, live_site, viewport=WIDE) as visit:
        visit.sign_in()
        with visit.page.expect_response(lambda answer: "/llm/events" in answer.url):
            page = visit.open(f"message?mailbox={USER}&id=INBOX%3BUIDVALIDITY%3D1%3BUID%3D8")
        expect(page.get_by_label("Verdict", exact=True)).to_contain_text("Looks fine")
        expect(page.locator("#text")).to_contain_text("not in the mailbox any more")
        judge(file, 8, Label.PHISH, "Lunch?")
        expect(page.get_by_label("Verdict", exact=True)).to_contain_text("Phishing")
        expect(page.locator("#text")).to_contain_text("not in the mailbox any more")


def test_signing_out_ends_the_stream(live_site: str, chromium: Browser) -> None:
    """An open page of the same session is asked to sign in at once, not at the next poll."""
    with visiting(chromium, live_site, viewport=WIDE) as visit:
        visit.sign_in(RW)
        page = visit.page
        other = page.context.new_page()
        with page.expect_response(lambda answer: "/llm/events" in answer.url):
            visit.open("overview")
        other.goto(live_site)
        other.get_by_role("button", name="Sign out").click()
        expect(other.get_by_role("status")).to_contain_text("signed out")
        page.bring_to_front()

        expect(page).to_have_title("Sign in · Glassdome")
