"""Preferences through the API."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.api.routes_preferences import PreferencesShape

from .bench import OTHER, OWN, USER, Bench

GET = "/api/v1/get/llm/preferences"
EDIT = "/api/v1/edit/llm/preferences"


async def test_defaults_choose_nobody(bench: Bench) -> None:
    """A mailbox never heard of has the defaults and is not chosen."""
    body = (await bench.get(GET, username=USER)).json()

    PreferencesShape.model_validate(body, extra="forbid")
    assert (body["username"], body["chosen"], body["auto_analysis"]) == (USER, False, True)


async def test_an_edit_changes_what_is_given(bench: Bench) -> None:
    """Fields not given stay, the answer shows the whole, and the watcher is notified."""
    await bench.post(EDIT, {"username": USER, "chosen": True, "engine_access": "redacted"})

    answer = await bench.post(EDIT, {"username": USER, "summary_enabled": False, "summary_language": "de"})

    assert answer.json()[0]["msg"] == ["preferences_modified", USER]
    assert answer.json()[0]["data"] == (await bench.get(GET, username=USER)).json()
    stored = await bench.database.preferences.get_preferences(USER)
    assert (stored.chosen, stored.engine_access, stored.summary_enabled) == (True, "redacted", False)
    assert bench.looked_round.is_set()


@pytest.mark.parametrize(
    ("body", "chosen"),
    [
        ({"auto_analysis": True}, True),
        ({"auto_analysis": True, "chosen": False}, False),
        ({"auto_analysis": False}, False),
        ({"drafts": True}, False),
    ],
)
async def test_switching_analysis_on_chooses_the_mailbox(bench: Bench, body: dict[str, Any], chosen: bool) -> None:
    """Asking for automatic analysis is a choice; nothing else is."""
    await bench.post(EDIT, {"username": USER} | body)

    assert (await bench.database.preferences.get_preferences(USER)).chosen is chosen


@pytest.mark.parametrize("mailbox", [None, "overseer@example.org"])
async def test_warnings_that_nobody_gets_are_told(bench: Bench, mailbox: str | None) -> None:
    """Switched on where the service has no mailbox to send them from, the answer says so, and so does each later one."""
    bench.set(overseer_mailbox=mailbox, mailcow_smtp_host="smtp.example.org")

    told = (await bench.post(EDIT, {"username": USER, "phishing_alerts": True})).json()[0]["data"]
    later = (await bench.get(GET, username=USER)).json()

    assert (told["phishing_alerts"], told["warnings_sent"]) == (True, mailbox is not None)
    assert later == told


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "nobody"},
        {"username": USER, "auto_analysis": "maybe"},
        {"username": USER, "engine_access": "everything"},
        {"username": USER, "summary_language": "Deutsch, bitte"},
        {"username": USER, "fancy": True},
    ],
)
async def test_a_bad_edit_changes_nothing(bench: Bench, body: dict[str, Any]) -> None:
    """Unknown names and values are refused with the reason."""
    answer = await bench.post(EDIT, body)

    assert answer.status_code == 400
    assert (await bench.database.preferences.get_preferences(USER)).chosen is False


async def test_a_domains_key_edits_its_own(bench: Bench) -> None:
    """Within its domain it may, elsewhere it may not, reading included."""
    statuses = [
        (await bench.post(EDIT, {"username": USER, "chosen": True}, key=OWN)).status_code,
        (await bench.post(EDIT, {"username": OTHER, "chosen": True}, key=OWN)).status_code,
        (await bench.get(GET, key=OWN, username=OTHER)).status_code,
    ]

    assert statuses == [200, 403, 403]


async def test_the_edit_is_audited(bench: Bench) -> None:
    """The audit names the actor and the change, not the key itself."""
    await bench.post(EDIT, {"username": USER, "chosen": True})

    (entry,) = await bench.database.history.audited()

    assert (entry["action"], entry["subject"]) == ("edit_preferences", USER)
    assert entry["actor"].startswith("key-")
