"""Tests of the plots' numbers, and of the overview that draws them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from glassdome.values.course import Course, QueueFlow, Span, Tally
from glassdome.values.opinion import Usage
from glassdome.values.verdict import Label
from glassdome.web.plots import HALF_HOURS, days_of, depths_of, scale_for, span_begin
from tests.unit.api.bench import NOW, RW, USER, Bench, analysis, ref, verdict

from .browser import browsing

AUCKLAND = ZoneInfo("Pacific/Auckland")  # 21:00 of the same day at NOW
TEN = timedelta(minutes=10)


def test_days_end_at_the_visitors_midnight() -> None:
    """Spans and times fall into days of the zone; a day without any mail has no median."""
    midnight = span_begin(NOW, AUCKLAND, 2)
    spans = [Span(at=at, tally=Tally(total=1)) for at in (midnight, midnight + timedelta(days=1) - TEN, NOW)]
    times = tuple((NOW, seconds) for seconds in (1.0, 2.0, 9.0))
    yesterday, today = days_of(Course(spans=tuple(spans), times=times), NOW, AUCKLAND, 2)

    assert (yesterday.name, yesterday.tally.total, yesterday.median) == ("2026-11-20", 2, None)
    assert (today.name, today.tally.total, today.median, today.p95) == ("2026-11-21", 1, 2.0, 9.0)
    assert today.day == "21 Nov"


def test_the_queue_is_reckoned_back_from_now() -> None:
    """A job that came later did not wait yet, one that went later still did."""
    flow = QueueFlow(waiting=2, came={NOW - TEN: 2, NOW - 9 * TEN: 1}, went={NOW - 2 * TEN: 1})
    depths = depths_of(flow, NOW)

    assert len(depths) == HALF_HOURS + 1
    assert [one.waiting for one in depths[-5:]] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("values", "whole", "lines"),
    [
        ((), True, (0.0, 1.0)),
        ((1, 0), True, (0.0, 1.0)),
        ((3,), True, (0.0, 1.0, 2.0, 3.0)),
        ((37,), True, (0.0, 10.0, 20.0, 30.0, 40.0)),
        ((0.4,), False, (0.0, 0.1, 0.2, 0.3, 0.4)),
    ],
)
def test_axes_have_round_numbers(values: tuple[float, ...], whole: bool, lines: tuple[float, ...]) -> None:
    """The scale goes from 0 to the highest value or a little above."""
    scale = scale_for(values, whole=whole)

    assert scale.lines == pytest.approx(lines)
    assert scale.top == pytest.approx(lines[-1])


async def test_the_overview_draws_and_tells_the_same_numbers(bench: Bench) -> None:
    """Each plot has a title and a table; the days can be chosen."""
    await bench.choose(USER)
    asked = verdict(usage=Usage(calls=2, tokens_in=900, tokens_out=70))
    await bench.store(
        analysis(ref(5), Label.PHISH), analysis(ref(6), Label.SPAM), analysis(ref(7), verdict=asked),
        analysis(ref(8), at=NOW - timedelta(days=20)),
    )  # fmt: skip
    async with browsing(bench, RW) as browser:
        await browser.open("overview?days=30")
        titles = [node.text() for node in browser.page.css("svg.plot > title")]
        rows = [" ".join(cell.text() for cell in row.css("th, td")) for row in browser.page.css(".figure tbody tr")]
        shapes = [node.attributes["class"] for node in browser.page.css("svg.plot rect")]
        await browser.open("overview")
        shorter = browser.page.css(".figure")[0].css("tbody tr")

        assert "Nothing waited at any half-hour of the last day." in browser.text
    assert len(titles) == 3
    assert "2026-11-21 3 1 1 1 0" in rows
    assert "2026-11-01 1 1 0 0 0" in rows
    assert "2026-11-21 2 900 70 0" in rows
    assert shapes == ["fine", "fine", "spam", "phishing", "calls"]
    assert len(shorter) == 14


async def test_without_mail_the_overview_says_so(bench: Bench) -> None:
    """And draws nothing."""
    async with browsing(bench, RW) as browser:
        await browser.open("overview")

        assert browser.page.css("svg.plot") == []
        assert "Nothing has been judged yet" in browser.text
