"""The plan of an absence notice, in the owner's day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from glassdome.parse import parse_message
from glassdome.pipeline.answering import Answering
from glassdome.values.action import ActionKind
from glassdome.values.job import JobReason
from glassdome.values.preferences import Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label
from tests.samples import a_verdict, an_analysis

BOB = "bob@example.test"
REF = MessageRef(mailbox=BOB, folder="INBOX", uid_validity=1, uid=1)
#: Still 30 November in Berlin and UTC, 1 December in Tokyo.
NOW = datetime(2026, 11, 30, 22, tzinfo=UTC)
HAM = a_verdict(
    label=Label.HAM, is_phishing=False, phishing_score=0.01, spam_score=0.01, asks=(), tags=(), degraded=False
)
MAIL = parse_message(
    b"Return-Path: <ann@elsewhere.test>\nFrom: Ann <ann@elsewhere.test>\nTo: bob@example.test\nSubject: Slides\n"
    b"Message-ID: <1@elsewhere.test>\n\nHere they are.\n"
)


class NoRules:
    """An owner without rules, who has answered nobody."""

    async def of(self, mailbox: str) -> tuple[Any, ...]:
        """Return nothing."""
        return ()

    async def answered_since(self, *_: object) -> bool:
        """Deny it."""
        return False


class NewJob:
    """A mail that is analysed for the first time."""

    ref, reason = REF, JobReason.NEW


@pytest.mark.parametrize(
    ("own", "default", "answers"),
    [("", "Asia/Tokyo", 1), ("", "Europe/Berlin", 0), ("Asia/Tokyo", "Europe/Berlin", 1), ("UTC", "Asia/Tokyo", 0)],
)
async def test_an_absence_begins_with_the_owners_day(own: str, default: str, answers: int) -> None:
    """The server's time zone counts for an owner who chose none."""
    wishes = Preferences(username=BOB, chosen=True, absence="Back soon.", absence_from="2026-12-01", timezone=own)
    analysis = an_analysis(REF, verdict=HAM, received_at=NOW)
    answering = Answering(rules=NoRules(), sends=True, default_zone=default)  # type: ignore[arg-type]

    found = await answering.plan(MAIL, analysis, wishes, NewJob(), now=NOW)  # type: ignore[arg-type]

    assert [action.kind for action in found] == [ActionKind.ANSWER] * answers
