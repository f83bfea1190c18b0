"""The stream of events without a network: its lines, its bounds, and what it tells to whom."""

from __future__ import annotations

import asyncio
import json

from pydantic import SecretStr

from glassdome.core.limits import MAX_STREAMS, MAX_STREAMS_PER_PERSON, MAX_STREAMS_PER_SESSION
from glassdome.desk.streams import Streams
from glassdome.values.verdict import Label
from tests.unit.api.bench import OTHER, OWN, RW, USER, Bench, analysis, ref

from .browser import Browser, browsing

PROXY_SECRET = "secret-of-the-proxy"


def told(browser: Browser) -> list[tuple[int, dict[str, str]]]:
    """Return the id and the data of each event of the last answer."""
    blocks = [block.split("\n") for block in browser.answer.text.strip().split("\n\n")]
    assert blocks[0][0].startswith("retry: ")
    assert all(block[1] == "event: news" for block in blocks[1:])
    return [(int(one[0].removeprefix("id: ")), json.loads(one[2].removeprefix("data: "))) for one in blocks[1:]]


async def test_only_events_of_own_mailboxes_and_nothing_of_a_mail(bench: Bench) -> None:
    """Kind and mailbox, in their order; an administrator's stream has all."""
    await bench.choose(USER, OTHER)
    await bench.store(analysis(ref(5), Label.PHISH, subject="Secret"), analysis(ref(6, OTHER)))
    async with browsing(bench, OWN) as browser:
        await browser.open("events?after=0&follow=false")
        assert browser.answer.headers["content-type"].startswith("text/event-stream")
        assert browser.answer.headers["x-accel-buffering"] == "no"
        own = [data for _, data in told(browser)]
    async with browsing(bench, RW) as browser:
        await browser.open("events?after=0&follow=false")
        every = [data["mailbox"] for _, data in told(browser)]

    assert own == [{"kind": "analysis", "mailbox": USER}, {"kind": "phishing", "mailbox": USER}]
    assert every == [USER, USER, OTHER]


async def test_a_browser_that_connects_again_misses_nothing(bench: Bench) -> None:
    """It names the last event it saw; without any it begins with the next."""
    await bench.choose(USER)
    await bench.store(analysis(ref(5)), analysis(ref(6)), analysis(ref(7)))
    async with browsing(bench, RW) as browser:
        await browser.open("events?after=0&follow=false")
        first, second, third = (id for id, _ in told(browser))
        await browser.open("events?follow=false", **{"Last-Event-ID": str(first)})
        rest = [id for id, _ in told(browser)]
        await browser.open("events?follow=false")
        none = told(browser)
        await browser.open("events?follow=false", **{"Last-Event-ID": "9" * 400})
        odd = told(browser)
        await browser.open("events?follow=false", **{"Last-Event-ID": "9" * 5000})
        longest = told(browser)

    assert (rest, none, odd, longest) == ([second, third], [], [], [])


async def test_past_the_bounds_a_page_is_told_to_poll(bench: Bench) -> None:
    """Streams are counted by session and in all, and room comes back."""
    streams: Streams = bench.app.state.streams
    async with browsing(bench, RW) as browser:
        for number in range(MAX_STREAMS):
            assert streams.admit(f"session {number}", f"person {number}")
        full = await browser.open("events?follow=false")
        for number in range(MAX_STREAMS):
            streams.release(f"session {number}", f"person {number}")
        free = await browser.open("events?follow=false")

    assert (full.status_code, full.headers["Retry-After"]) == (503, "60")
    assert free.status_code == 200
    got = [streams.admit("one", "person") for _ in range(MAX_STREAMS_PER_SESSION + 1)]
    assert got == [True] * MAX_STREAMS_PER_SESSION + [False]


async def test_one_person_with_many_sessions_leaves_room_for_others(bench: Bench) -> None:
    """Their sessions and made keys count together; another's page gets its stream, and room comes back."""
    streams: Streams = bench.app.state.streams
    held = [number for number in range(MAX_STREAMS) if streams.admit(f"session {number}", "ann@example.org")]
    async with browsing(bench, RW) as browser:
        other = await browser.open("events?follow=false")
    for number in held:
        streams.release(f"session {number}", "ann@example.org")

    assert (len(held), other.status_code) == (MAX_STREAMS_PER_PERSON, 200)
    assert streams.admit("session", "ann@example.org")


async def test_a_page_that_a_proxy_vouched_for_asks_the_proxy_again(bench: Bench) -> None:
    """Its stream ends by itself: whom the proxy lets in no more hears nothing further."""
    bench.app.state.streams = Streams(heartbeat=0.01)
    bench.set(proxy_secret=SecretStr(PROXY_SECRET))
    vouched = {"X-Glassdome-Scope": "ro", "X-Glassdome-Proxy-Secret": PROXY_SECRET}
    async with asyncio.timeout(20), bench.client(None, **vouched) as client:
        answer = await client.get("/llm/events")

    assert answer.status_code == 200
    assert answer.text.startswith("retry: 5000\nid: ")


async def test_who_is_not_signed_in_hears_nothing(bench: Bench) -> None:
    """They are led to the sign-in page, which no stream is."""
    async with browsing(bench, None) as browser:
        await browser.open("events")

        assert browser.answer.url.path == "/llm/sign-in"


async def test_news_are_looked_for_again_when_one_stream_follows_another(bench: Bench) -> None:
    """The last stream ends and the next begins before the look of the first has ended."""
    streams = Streams(heartbeat=60, look=0.001)
    async with streams.looking(bench.services.events):
        await streams.news(streams.bell)
    async with streams.looking(bench.services.events):
        assert await streams.news(streams.bell)


async def test_all_streams_end_when_the_service_stops() -> None:
    """Those that wait are woken, and none begins."""
    streams = Streams(heartbeat=60)
    waiting = asyncio.create_task(streams.news(streams.bell))
    await asyncio.sleep(0)
    streams.stop()

    assert await waiting
    assert not streams.admit("late", "person")
