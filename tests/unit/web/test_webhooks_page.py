"""The page of webhooks: a receiver added, tried, switched, its dead letters sent again, removed; without script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glassdome.core.errors import ConnectFailed
from glassdome.values.job import NewJob
from glassdome.values.webhook import Post
from glassdome.web.app import add_web
from tests.unit.api.bench import NOW, OWN, RO, USER, Bench, ref

from .browser import Browser, browsing
from .conftest import BOX

URL = "https://hooks.example.org/mail"
ADD = {"url": URL, "event phishing": "on", "event health": ""}


class Poster:
    """Answers a status, or cannot reach its receiver."""

    def __init__(self) -> None:
        """It takes everything."""
        self.status, self.posts = 204, list[Post]()

    async def post(self, request: Post) -> int:
        """Answer."""
        self.posts.append(request)
        if not self.status:
            raise ConnectFailed("hooks.example.org cannot be reached.")
        return self.status


POSTER = Poster()


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The application with one allowed host."""
    POSTER.__init__()  # type: ignore[misc]
    settings = request.getfixturevalue("settings").model_copy(update={"webhook_hosts": "hooks.example.org"})
    made = Bench(request.getfixturevalue("database"), settings, changes={"poster": POSTER})
    add_web(made.app, BOX)
    return made


async def pressed(browser: Browser, do: str, **fields: str) -> str:
    """Press the button of a webhook; return what the page says."""
    await browser.open("webhooks")
    found = [form for form in browser.page.css("form[action='./webhooks']") if f'value="{do}"' in (form.html or "")]
    assert found, browser.text
    values = {n.attributes["name"]: n.attributes.get("value") or "" for n in found[-1].css("input[type=hidden]")}
    browser.answer = await browser.client.post("http://glass.example/llm/webhooks", data={**values, **fields})
    if browser.answer.status_code == 303:
        await browser.follow()
    return browser.text


async def test_a_webhook_is_added_and_its_secret_shown_once(bench: Bench) -> None:
    """In an answer that no cache keeps."""
    async with browsing(bench) as browser:
        await pressed(browser, "add", **ADD)
        secret, cached = browser.page.css_first("#made").text(), browser.answer.headers["cache-control"]
        again = await browser.open("webhooks")

    (stored,) = await bench.database.webhooks.list(now=NOW)
    assert (secret.startswith("whsec_"), cached, secret in again.text) == (True, "no-store", False)
    assert (stored.url, stored.events) == (URL, ("phishing",))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"url": "https://elsewhere.example/"}, "may not receive events"),
        ({"url": "http://hooks.example.org/"}, "needs https"),
        ({"url": "nonsense"}, "no URL"),
        ({"event phishing": ""}, "at least one event"),
        ({"scope": "nobody@"}, "address"),
    ],
)
async def test_a_wrong_webhook_is_refused(bench: Bench, fields: dict[str, str], word: str) -> None:
    """Above all one that leads elsewhere."""
    async with browsing(bench) as browser:
        said = await pressed(browser, "add", **ADD | fields)

    assert word in said
    assert await bench.database.webhooks.list(now=NOW) == ()


@pytest.mark.parametrize(("status", "word"), [(204, "answered 204"), (500, "answered 500"), (0, "cannot be reached")])
async def test_a_test_shows_the_receivers_answer(bench: Bench, status: int, word: str) -> None:
    """Taken, refused, or not reached."""
    POSTER.status = status
    async with browsing(bench) as browser:
        await pressed(browser, "add", **ADD)
        said = await pressed(browser, "test")
        taken = browser.page.css_first("#tried").attributes["class"]

    assert (word in said, taken) == (True, "notice" if status == 204 else "problem")
    assert len(POSTER.posts) == 1


async def test_dead_letters_are_sent_again(bench: Bench) -> None:
    """One by one, or all; the last deliveries say how each fared."""
    async with browsing(bench) as browser:
        await pressed(browser, "add", **ADD | {"event job.failed": "on"})
        (hook,) = await bench.database.webhooks.list(now=NOW)
        await die(bench, 2)
        await browser.open("webhooks")
        before, rows = browser.text, len(browser.page.css("table tbody tr"))
        await pressed(browser, "resend")
        one = (await bench.database.deliveries.counts())[hook.id]
        await browser.open("webhooks")
        await browser.send("webhooks", do="resend", id=str(hook.id))
        both = (await bench.database.deliveries.counts())[hook.id]

    assert ("Given up after a day: 2" in before, "timed_out" in before, rows) == (True, True, 2)
    assert ((one.waiting, one.dead), (both.waiting, both.dead)) == ((1, 1), (2, 0))


async def die(bench: Bench, count: int) -> None:
    """Let so many events be given up."""
    store = bench.database
    for uid in range(1, count + 1):
        await store.queue.enqueue([NewJob(ref=ref(uid))], now=NOW)
        await bench.fail("timed_out", "Too slow.")
    receivers = await store.webhooks.list(now=NOW)
    await store.deliveries.spread(receivers, now=NOW)
    for item in await store.deliveries.claim(receivers[0], limit=9, lease=timedelta(minutes=1), now=NOW):
        await store.deliveries.failed(item, error="timed_out", status=None, again_at=None, now=NOW)


async def test_a_webhook_is_switched_and_removed(bench: Bench) -> None:
    """Each by its button."""
    async with browsing(bench) as browser:
        await pressed(browser, "add", **ADD)
        off = await pressed(browser, "off")
        (switched,) = await bench.database.webhooks.list(now=NOW)
        on = await pressed(browser, "on")
        rotated = await pressed(browser, "rotate")
        gone = await pressed(browser, "remove")

    assert (switched.enabled, "switched off" in off, "switched off" in on) == (False, True, False)
    assert ("whsec_" in rotated, "No webhook yet" in gone) == (True, True)


async def test_who_may_read_sees_no_buttons(bench: Bench) -> None:
    """And a limited key sees its own alone, and not which hosts are allowed."""
    async with browsing(bench) as browser:
        await pressed(browser, "add", **ADD)
    async with browsing(bench, RO) as reader:
        await reader.open("webhooks")
        assert reader.page.css("form[action='./webhooks']") == []
        assert URL in reader.text
    async with browsing(bench, OWN) as limited:
        await limited.open("webhooks")
        assert (URL in limited.text, "Allowed hosts" in limited.text) == (False, False)
        await pressed(limited, "add", **ADD | {"scope": USER})
        assert URL in limited.text
