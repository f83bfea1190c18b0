"""Statistics through the API."""

from __future__ import annotations

from datetime import timedelta

from glassdome.api.routes_stats import StatisticsShape
from glassdome.values.job import NewJob
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, USER, Bench, analysis, ref

PATH = "/api/v1/get/llm/stats"


async def test_an_empty_server_has_statistics_too(bench: Bench) -> None:
    """Zeros, not errors."""
    body = (await bench.get(PATH)).json()

    StatisticsShape.model_validate(body, extra="forbid")
    assert (body["total"], body["last"]) == (0, [])


async def test_totals_times_queue_and_the_last_ten(bench: Bench) -> None:
    """Everything the contract promises is there and right."""
    labels = [Label.PHISH, Label.SPAM, *[Label.HAM] * 10]
    made = [analysis(ref(uid), label, at=NOW + timedelta(seconds=uid)) for uid, label in enumerate(labels, 1)]
    await bench.store(*made)
    await bench.database.queue.enqueue([NewJob(ref=ref(99))], now=NOW)
    bench.clock.advance(30)

    body = (await bench.get(PATH)).json()

    StatisticsShape.model_validate(body, extra="forbid")
    assert (body["total"], body["phishing"], body["spam"], body["sensitive"]) == (12, 1, 1, 1)
    assert body["per_category"] == {"invoice": 12}
    assert sum(body["per_model"].values()) == 12
    assert sum(body["per_day"].values()) == 12
    assert body["processing_time"]["average"] == 0.25
    assert body["queue"]["pending"] == 1
    assert body["queue"]["oldest_seconds"] == 30
    assert [item["email_id"] for item in body["last"]] == [str(uid) for uid in range(12, 2, -1)]


async def test_filters_and_restrictions_apply(bench: Bench) -> None:
    """One mailbox's figures are its own; a domain's key sees its domain only, its queue too."""
    await bench.store(analysis(ref(1)), analysis(ref(1, mailbox=OTHER)))
    await bench.database.queue.enqueue([NewJob(ref=ref(9, mailbox=OTHER))], now=NOW)

    everything, one, own = [
        (await bench.get(PATH)).json(),
        (await bench.get(PATH, mailbox=OTHER)).json(),
        (await bench.get(PATH, key=OWN)).json(),
    ]

    assert (everything["total"], one["total"], own["total"]) == (2, 1, 1)
    assert (everything["queue"]["pending"], own["queue"]["pending"]) == (1, 0)
    assert own["last"][0]["mailbox"] == USER
