"""Tests of moments and days in the visitor's zone."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from glassdome.values.preferences import Preferences
from glassdome.web.times import Times
from tests.unit.api.bench import NOW, OWN, RW, USER, Bench, analysis, ref

from .browser import browsing
from .test_pages import MESSAGE

KOLKATA = Times(now=NOW, zone=ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(hours=-3), "in 3 hours"),
        (timedelta(days=1), "20 Nov"),
        (timedelta(days=-40), "31 Dec"),
        (timedelta(days=-41), "1 Jan 2027"),
        (timedelta(days=400), "17 Oct 2025"),
    ],
)
def test_a_moment_by_its_age_or_its_date(back: timedelta, words: str) -> None:
    """By its date when it is a day away, with the year where it is another."""
    assert KOLKATA(NOW - back) == KOLKATA((NOW - back).isoformat()) == words


def test_exact_moments_and_due_dates() -> None:
    """In the zone; a date without time has none, and stays the day that it is."""
    assert KOLKATA.exact("2026-11-20T20:00:00Z") == "2026-11-21 01:30 IST"
    assert KOLKATA.clock(NOW) == "13:30 IST"
    assert KOLKATA.day("2026-11-20T20:00:00Z") == "21 Nov 2026"
    assert KOLKATA.due("2026-12-04") == "Fri 4 Dec"
    assert KOLKATA.due("2026-12-04T20:00:00Z") == "Sat 5 Dec, 01:30"
    assert KOLKATA.due("2027-01-04") == "Mon 4 Jan 2027"
    assert KOLKATA("0001-01-01T00:00:00+14:00") == "1 Jan 1"
    assert KOLKATA.due("soon") == "soon"


@pytest.mark.parametrize(("key", "title"), [(OWN, "2026-11-21 08:00 UTC"), (RW, "2026-11-21 08:00 UTC")])
async def test_keys_see_the_servers_zone(bench: Bench, key: str, title: str) -> None:
    """They belong to no single owner."""
    await bench.choose(USER)
    await bench.store(analysis(ref(5)))
    async with browsing(bench, key) as browser:
        await browser.open(MESSAGE)
        titles = {node.attributes["title"] for node in browser.page.css("time")}

    assert titles == {title}


async def test_owners_see_their_own_zone(bench: Bench) -> None:
    """On every moment of a page."""
    bench.set(api_keys=bench.settings.api_keys.__class__(f"key-of-an-owner:rw:{USER}"))
    kept = Preferences(username=USER, chosen=True, timezone="Asia/Kolkata")
    await bench.database.preferences.set_preferences(kept, now=NOW)
    await bench.store(analysis(ref(5)))
    async with browsing(bench, "key-of-an-owner") as browser:
        for page in ("", MESSAGE):
            await browser.open(page)
            titles = {node.attributes["title"] for node in browser.page.css("time")}
            assert titles == {"2026-11-21 13:30 IST"}
