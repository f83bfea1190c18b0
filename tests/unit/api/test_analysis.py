"""Reading analyses through the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from glassdome.shapes.analysis import AnalysisShape
from glassdome.values.opinion import Reason
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, RO, RW, USER, Bench, analysis, ref, verdict

PATH = "/api/v1/get/llm/analysis"
#: What the contract promises of every analysis.
PROMISED = [
    "mailbox",
    "email_id",
    "folder",
    "uid_validity",
    "message_id",
    "subject",
    "from",
    "summary",
    "categories",
    "tags",
    "priority_score",
    "is_phishing",
    "phishing_score",
    "phishing_reasons",
    "sensitive_data",
    "sensitive_types",
    "auto_reply_suggestion",
    "language",
    "thread_id",
    "action_items",
    "engine",
    "model",
    "prompt_version",
    "degraded",
    "processing_time",
    "analyzed_at",
]


async def test_one_analysis_has_every_promised_field(bench: Bench) -> None:
    """The object is complete and is what OpenAPI says it is."""
    await bench.store(analysis(ref(5), Label.PHISH))

    answer = await bench.get(PATH, mailbox=USER, email_id="5")

    assert answer.status_code == 200
    assert [name for name in PROMISED if name not in answer.json()] == []
    AnalysisShape.model_validate(answer.json(), strict=True, extra="forbid")


async def test_its_values_are_the_stored_ones(bench: Bench) -> None:
    """Reasons keep their evidence, sensitive data is only counted, times are RFC 3339 in UTC."""
    await bench.store(analysis(ref(5), Label.PHISH))

    body = (await bench.get(PATH, mailbox=USER, email_id="5")).json()

    assert body["from"] == "Shop <shop@shop.example>"
    assert body["subject"] == "Mail 5 😀"
    assert body["phishing_reasons"][0]["evidence"] == [{"where": "link:0", "quote": "x"}]
    assert body["sensitive_types"] == [{"type": "iban", "count": 1}]
    assert [signal["outcome"] for signal in body["signals"]] == ["hit", "temp_error"]
    assert body["analyzed_at"] == "2026-11-21T08:00:00Z"


@pytest.mark.parametrize("email_id", ["5", "INBOX;UIDVALIDITY=1;UID=5", "<5@shop.example>"])
async def test_each_form_of_email_id_finds_it(bench: Bench, email_id: str) -> None:
    """UID, RFC 5092 form and Message-ID name the same message."""
    await bench.store(analysis(ref(5)))

    assert (await bench.get(PATH, mailbox="User@Example.org", email_id=email_id)).json()["email_id"] == "5"


async def test_another_folder_is_another_message(bench: Bench) -> None:
    """The same UID in another folder is reached with `folder`."""
    await bench.store(analysis(ref(5)), analysis(ref(5, folder="Archive"), subject="old"))

    found = await bench.get(PATH, mailbox=USER, email_id="5", folder="Archive")

    assert found.json()["subject"] == "old"


@pytest.mark.parametrize("email_id", ["6", "INBOX;UIDVALIDITY=2;UID=5", "<6@shop.example>"])
async def test_absence_is_404_in_mailcows_shape(bench: Bench, email_id: str) -> None:
    """No analysis is never an empty object that could be read as safe."""
    await bench.store(analysis(ref(5)))

    answer = await bench.get(PATH, mailbox=USER, email_id=email_id)

    assert answer.status_code == 404
    assert answer.json() == {"type": "error", "msg": "There is no analysis of this message.", "code": "not_found"}


async def test_lists_are_newest_first_and_paged(bench: Bench) -> None:
    """Following the Link header visits every analysis once, newest first."""
    await bench.store(*(analysis(ref(uid), at=NOW + timedelta(minutes=uid)) for uid in range(1, 8)))
    seen: list[str] = []
    address = f"{PATH}?mailbox={USER}&limit=3"

    async with bench.client(RO) as client:
        while address:
            page = await client.get(address)
            seen += [item["email_id"] for item in page.json()]
            address = page.headers.get("Link", "").partition(">")[0].lstrip("<")

    assert seen == ["7", "6", "5", "4", "3", "2", "1"]


async def test_offset_skips(bench: Bench) -> None:
    """Limit and offset work as the seed's users expect."""
    await bench.store(*(analysis(ref(uid), at=NOW + timedelta(minutes=uid)) for uid in range(1, 5)))

    page = await bench.get(PATH, mailbox=USER, limit=2, offset=1)

    assert [item["email_id"] for item in page.json()] == ["3", "2"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"phishing": "true"}, ["2"]),
        ({"phishing": "false"}, ["3", "1"]),
        ({"category": "invoice"}, ["3", "2"]),
        ({"priority": "9"}, ["3"]),
        ({"degraded": "true"}, ["1"]),
        ({"sensitive": "true"}, ["2"]),
        ({"since": "2026-11-21T08:02:00Z"}, ["3", "2"]),
        ({"until": "2026-11-21T10:02:00+02:00"}, ["1"]),
        ({"text": "mail 3"}, ["3"]),
        ({"folder": "Archive"}, []),
    ],
)
async def test_each_filter_narrows(bench: Bench, parameters: dict[str, str], expected: list[str]) -> None:
    """Every filter leaves what it says."""
    await bench.store(
        analysis(ref(1), at=NOW + timedelta(minutes=1), verdict=verdict(degraded=True, categories=("news",))),
        analysis(ref(2), Label.PHISH, at=NOW + timedelta(minutes=2)),
        analysis(ref(3), at=NOW + timedelta(minutes=3), verdict=verdict(priority_score=9)),
    )

    found = await bench.get(PATH, mailbox=USER, **parameters)

    assert [item["email_id"] for item in found.json()] == expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"mailbox": "nobody"},
        {"email_id": "5"},
        {"mailbox": USER, "email_id": "x"},
        {"limit": "0"},
        {"limit": "501"},
        {"offset": "-1"},
        {"priority": "11"},
        {"since": "yesterday"},
        {"since": "0001-01-01T00:00:00+12:00"},
        {"phishing": "perhaps"},
        {"cursor": "made-up"},
        {"colour": "red"},
    ],
)
async def test_a_bad_parameter_is_400_with_the_reason(bench: Bench, parameters: dict[str, str]) -> None:
    """Nothing wrong is silently ignored, and no bad input is our fault."""
    answer = await bench.get(PATH, **parameters)

    assert answer.status_code == 400
    assert answer.json()["type"] == "error"
    assert answer.json()["code"] in ("bad_request", "invalid_query", "invalid_address")


async def test_an_unchanged_list_is_304(bench: Bench) -> None:
    """With the ETag of the last answer nothing is sent again, until something changes."""
    await bench.store(analysis(ref(1)))
    async with bench.client(RO) as client:
        tag = (await client.get(PATH)).headers["ETag"]
        unchanged = await client.get(PATH, headers={"If-None-Match": f'"x", {tag}'})
        await bench.store(analysis(ref(2)))
        changed = await client.get(PATH, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (changed.status_code, len(changed.json())) == (200, 2)


async def test_a_restricted_key_sees_its_own(bench: Bench) -> None:
    """A domain's key lists that domain only, and is refused elsewhere whether or not something is there."""
    await bench.store(analysis(ref(1)), analysis(ref(1, mailbox=OTHER)))

    mine = await bench.get(PATH, key=OWN)
    everyones = await bench.get(PATH, key=RW)
    foreign = [await bench.get(PATH, key=OWN, mailbox=OTHER, email_id=uid) for uid in ("1", "2")]

    assert [item["mailbox"] for item in mine.json()] == [USER]
    assert len(everyones.json()) == 2
    assert [answer.status_code for answer in foreign] == [403, 403]


async def test_our_sentences_are_said_in_the_language_that_is_asked_for(bench: Bench) -> None:
    """The stored English stays the default; codes and the mail's words stay in every language."""
    reason = Reason(signal="unauthenticated", why="nothing verifies that shop.example sent it")
    stored = verdict(Label.PHISH, phishing_reasons=(reason,), attention_reason="It looks like fraud.")
    await bench.store(replace(analysis(ref(5), Label.PHISH), verdict=stored))

    english = await bench.get(PATH, mailbox=USER, email_id="5")
    german = await bench.get(PATH, mailbox=USER, email_id="5", language="de")
    async with bench.client(RO) as client:
        accepts = {"Accept-Language": "pl-PL, en;q=0.5"}
        browser = await client.get(PATH, params={"mailbox": USER}, headers=accepts)
    unknown = await bench.get(PATH, mailbox=USER, email_id="5", language="tlh")

    assert english.json()["phishing_reasons"][0]["why"] == reason.why
    assert english.text == unknown.text
    assert "names" not in english.json()
    assert german.json()["phishing_reasons"][0]["why"] == "nichts bestätigt, dass shop.example sie gesendet hat"
    assert german.json()["attention_reason"] == "Sie sieht nach Betrug aus."
    assert german.json()["categories"] == ["invoice"]
    assert german.json()["names"] == {"phish": "Phishing", "invoice": "Rechnung", "fee": "fee"}
    assert browser.json()[0]["phishing_reasons"][0]["why"] == "nic nie potwierdza, że wysłała to shop.example"
    assert "Accept-Language" in browser.headers["Vary"]
    AnalysisShape.model_validate(german.json(), strict=True, extra="forbid")
