"""Threads on pages: by state, with their course, and nothing of another's mailbox."""

from __future__ import annotations

import pytest

from glassdome.values.thread import ThreadState
from tests.stored_threads import store_prose, store_threads
from tests.unit.api.bench import OTHER, OWN, USER, Bench

from .browser import browsing


async def test_threads_are_shown_by_state_with_their_course(bench: Bench) -> None:
    """The list leads to the page of one, which leads to the verdict on its mail."""
    await store_threads(bench.database, USER, 1)
    await store_threads(bench.database, USER, 2, state=ThreadState.CLOSED)
    async with browsing(bench) as browser:
        await browser.open("threads?state=closed")
        assert [a.text() for a in browser.page.css(".jobs a")] == ["talk 2"]
        await browser.open("threads?state=open_them")
        assert "No thread here" in browser.text
        await browser.open("threads")
        (one,) = browser.page.css(".jobs a")
        await browser.open((one.attributes["href"] or "").removeprefix("./"))
        said = browser.text
        lead = browser.page.css_first(".reasons a").attributes["href"] or ""

    for words in ("talk 1", "You owe an answer. Bob asks.", "Send it?", "bob@example.com"):
        assert words in said, words
    assert lead.startswith("./message?mailbox=user%40example.org")


async def test_a_model_s_summary_names_its_writer(bench: Bench) -> None:
    """The built-in summary stands below."""
    await store_threads(bench.database, USER, 1)
    await store_prose(bench.database, "Bob waits for <b>it</b>.")
    async with browsing(bench) as browser:
        await browser.open("thread?mailbox=user%40example.org&thread_id=1%40x")
        said = browser.text

    for words in ("Bob waits for &lt;b&gt;it", "language model writer:1b", "Bob asks."):
        assert words in said or words in browser.page.html, words


@pytest.mark.parametrize("page", [f"threads?mailbox={OTHER}", f"thread?mailbox={OTHER}&thread_id=1%40x"])
async def test_a_limited_key_is_refused_the_threads_of_others(bench: Bench, page: str) -> None:
    """And its own list leaves them out."""
    await store_threads(bench.database, OTHER, 1)
    async with browsing(bench, OWN) as browser:
        await browser.open("threads")
        assert "talk 1" not in browser.text
        answer = await browser.open(page)

    assert answer.status_code == 403
