"""Pages claim only what is so: what was moved, what is counted for one mailbox, what nobody has judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from glassdome.ports.store import AnalysisQuery, Documents
from glassdome.values.job import JobState, NewJob
from glassdome.values.preferences import Preferences
from glassdome.web import mailboxes, page_queue, unjudged
from tests.unit.api.bench import NOW, OTHER, OWN, RW, USER, Bench, analysis, ref

from .browser import START, Browser, browsing

MESSAGE = f"message?mailbox={USER}&id=INBOX%3BUIDVALIDITY%3D1%3BUID%3D5"


async def failed(bench: Bench, *uids: int, mailbox: str = USER, force: bool = False) -> None:
    """Add a failed job for each of these messages."""
    for uid in uids:
        await bench.database.queue.enqueue([NewJob(ref=ref(uid, mailbox), force=force)], now=NOW)
        await bench.fail("timed_out", "Too slow.")


async def pressed(browser: Browser, action: str, job: int) -> str:
    """Press a button of the queue as an older copy of the page has it, and return what the next page says."""
    await browser.open("queue")
    token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
    fields = {"action": action, "job": str(job), "state": "pending", "mailbox": "", "form_token": token}
    browser.answer = await browser.client.post(START + "queue", data=fields)
    await browser.follow()
    return browser.page.css_first(".notice").text()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("cancel", "Nothing was cancelled: only jobs that wait or failed"),
        ("retry", "Nothing changed: only jobs that failed"),
    ],
)
async def test_what_did_not_move_is_not_said_to_have_moved(bench: Bench, action: str, words: str) -> None:
    """A worker took the job after the page was shown."""
    await bench.database.queue.enqueue([NewJob(ref=ref(9))], now=NOW)
    (job,) = await bench.database.queue.claim("w", limit=1, lease=timedelta(minutes=1), now=NOW)
    async with browsing(bench) as browser:
        assert (await pressed(browser, action, job.id)).startswith(words)

    left = await bench.database.queue.get(ref(9))
    assert left
    assert left.state is JobState.LEASED


@pytest.mark.parametrize(("action", "words"), [("cancel", "Cancelled."), ("retry", "Back in the queue.")])
async def test_what_moved_is_said_to_have_moved(bench: Bench, action: str, words: str) -> None:
    """As it was pressed."""
    await failed(bench, 9)
    job = await bench.database.queue.get(ref(9))
    assert job
    async with browsing(bench) as browser:
        assert await pressed(browser, action, job.id) == words


async def test_more_than_one_press_can_move_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest waits for another press."""

    async def some(*args: object) -> tuple[int, bool]:
        return 10_000, True

    monkeypatch.setattr(page_queue, "move_jobs", some)
    await failed(bench, 9)
    async with browsing(bench) as browser:
        await browser.open("queue")
        await browser.send("queue")
        await browser.follow()

        assert "more are left" in browser.page.css_first(".notice").text()


@pytest.mark.parametrize(("count", "more"), [(50, 0), (51, 1)])
async def test_the_queue_has_another_page_only_where_there_is_more(bench: Bench, count: int, more: int) -> None:
    """A full page is the last one when nothing follows; otherwise the next begins behind the last job shown."""
    await failed(bench, *range(1, count + 1))
    async with browsing(bench) as browser:
        await browser.open("queue")
        shown = [li.text() for li in browser.page.css(".jobs li")]
        links = [a.attributes["href"] or "" for a in browser.page.css(".pages a")]
        assert (len(shown), len(links)) == (50, more)
        for link in links:
            await browser.open(link)
            assert [li.text() for li in browser.page.css(".jobs li a")] == ["Message 51"]


async def test_a_page_that_the_queue_has_left_behind_does_not_say_that_nothing_failed(bench: Bench) -> None:
    """Its jobs were retried meanwhile; those before it have failed all the same."""
    await failed(bench, 1)
    async with browsing(bench) as browser:
        await browser.open("queue?after=77")

        assert "Nothing failed" not in browser.text
        assert browser.page.css_first(".empty a").attributes["href"] == "./queue?state=failed"


@pytest.mark.parametrize("key", [RW, OWN])
async def test_one_mailbox_is_counted_alone(bench: Bench, key: str) -> None:
    """On the mail page, in the queue and on the overview, whatever the key may see besides."""
    neighbour = "ann@example.org"
    await bench.choose(USER, OTHER, neighbour)
    await failed(bench, 9, mailbox=neighbour)
    await bench.store(analysis(ref(8, neighbour)))
    await bench.database.queue.enqueue([NewJob(ref=ref(n, m)) for n in (1, 2) for m in (OTHER, neighbour)], now=NOW)
    async with browsing(bench, key) as browser:
        await browser.open(f"?mailbox={USER}")
        assert "to be judged" not in browser.text
        await browser.open(f"?mailbox={neighbour}")
        assert "2 messages wait to be judged." in browser.text
        await browser.open(f"queue?mailbox={USER}")
        assert {count.text() for count in browser.page.css(".tabs .count")} == {"0"}
        await browser.open(f"overview?mailbox={USER}")
        tiles = {t.css_first("dt").text(): t.css_first("dd").text() for t in browser.page.css(".tiles div")}
        assert (tiles["Waiting"], tiles["Failed"], tiles["Longest wait"]) == ("0", "0", "none")
        await browser.open(f"overview?mailbox={neighbour}")
        tiles = {t.css_first("dt").text(): t.css_first("dd").text() for t in browser.page.css(".tiles div")}
        assert (tiles["Messages"], tiles["Waiting"], tiles["Failed"]) == ("1", "2", "1")


async def test_who_has_a_verdict_is_not_among_those_nobody_judged(bench: Bench) -> None:
    """Judging it again failed: its verdict stands in the list, and its page says what failed."""
    await bench.store(analysis(ref(5)))
    await failed(bench, 5, force=True)
    async with browsing(bench) as browser:
        await browser.open("")
        assert not browser.page.css(".unjudged")
        await failed(bench, 6)
        await browser.open("")
        assert [a.text() for a in browser.page.css(".unjudged li a")] == [f"Message 6 in INBOX of {USER}"]
        await browser.open(MESSAGE)
        assert "Not judged again" in browser.text


async def test_where_not_all_could_be_looked_at_the_list_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind many that failed again there may be one without any verdict: the page does not keep silent."""
    monkeypatch.setattr(unjudged, "_LOOKED_AT", 2)
    await bench.store(analysis(ref(1)), analysis(ref(2)))
    await failed(bench, 1, 2, 3, force=True)
    async with browsing(bench) as browser:
        await browser.open("")

        assert not browser.page.css(".unjudged li")
        assert "Some may have no verdict at all." in browser.text
        assert browser.page.css_first(".unjudged a").attributes["href"] == "./queue?state=failed"


async def test_a_search_that_goes_on_does_not_say_that_nothing_matches(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest hold no hit, and nobody has looked further back yet: a link does."""

    async def windowed(query: AnalysisQuery) -> Documents:
        return Documents(items=(), next_cursor="" if query.cursor else "further")

    monkeypatch.setattr(bench.services.analyses, "documents", windowed)
    async with browsing(bench) as browser:
        await browser.open("?text=alpha")
        assert "Nothing among the newest" in browser.text
        assert "Nothing matches" not in browser.text
        await browser.open(browser.page.css_first(".empty a").attributes["href"] or "")

        assert browser.answer.url.params["cursor"] == "further"
        assert "No older message matches this search." in browser.text


@pytest.mark.parametrize(
    ("query", "words"), [("", "There is no older message."), ("text=mail", "No older message matches")]
)
async def test_behind_the_last_page_nothing_is_said_of_the_pages_before(bench: Bench, query: str, words: str) -> None:
    """Rows that were there when the link was made may be deleted by now."""
    await bench.store(*(analysis(ref(n), at=NOW + timedelta(seconds=n)) for n in range(1, 52)))
    async with browsing(bench) as browser:
        await browser.open(f"?{query}")
        (older,) = [a for a in browser.page.css(".pages a") if a.text() == "Older"]
        await bench.post("/api/v1/delete/llm/analysis", {"mailbox": USER, "email_id": "1"})
        await browser.open(older.attributes["href"] or "")

        assert words in browser.text


async def test_a_mailbox_that_is_switched_off_is_still_a_chosen_one(bench: Bench) -> None:
    """It stays among the mailboxes offered, and the pages say what is off."""
    wanted = {"chosen": True, "auto_analysis": False}
    await bench.post("/api/v1/edit/llm/preferences", {"username": USER, **wanted})
    async with browsing(bench) as browser:
        await browser.open("")
        assert "No mailbox is enabled yet" not in browser.text
        assert "New mail is not judged automatically" in browser.text
        assert [one.attributes["value"] for one in browser.page.css("datalist option")] == [USER]
        await browser.open("settings")
        assert browser.page.css_first("h2").text() == USER
        await bench.choose("ann@example.org")
        await browser.open("settings")
        assert [a.text() for a in browser.page.css("ul.plain a")] == ["ann@example.org", USER]
        await browser.open("")
        assert "No mail yet" in browser.text


async def test_a_mailbox_that_its_owner_took_back_is_not_said_to_be_read(bench: Bench) -> None:
    """Its preferences can be opened by name; no mail of it is announced."""
    await bench.database.preferences.set_preferences(Preferences(username=USER), now=NOW)
    bench.set(api_keys=SecretStr(f"{RW}:rw:{USER}"))
    async with browsing(bench) as browser:
        await browser.open("")

        assert "No mailbox is enabled yet" in browser.text


async def test_a_limited_key_is_offered_no_switched_off_mailbox_of_others(bench: Bench) -> None:
    """Nor told that there is one."""
    off = Preferences(username=OTHER, chosen=True, auto_analysis=False)
    await bench.database.preferences.set_preferences(off, now=NOW)
    async with browsing(bench, OWN) as browser:
        for page in ("", "settings"):
            await browser.open(page)
            assert OTHER not in browser.answer.text
            assert "No mailbox is enabled yet" in browser.text


async def test_where_there_are_too_many_mailboxes_the_ones_that_are_read_are_offered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those switched off come behind them."""
    monkeypatch.setattr(mailboxes, "MAX_OFFERED_MAILBOXES", 2)
    await bench.database.preferences.set_preferences(Preferences(username="ann@example.org"), now=NOW)
    await bench.choose(USER, OTHER)
    async with browsing(bench) as browser:
        await browser.open("")

        assert [one.attributes["value"] for one in browser.page.css("datalist option")] == [OTHER, USER]
