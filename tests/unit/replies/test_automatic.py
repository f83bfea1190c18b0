"""Each rule of RFC 3834 and RFC 5230 on whether an automatic answer may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from glassdome.parse import parse_message
from glassdome.replies.automatic import absence_rule, answer_subject, fitting, is_away, why_no_answer
from glassdome.values.ask import Ask, AskKind, Identity
from glassdome.values.auto_answer import AnswerRule
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Label
from tests.samples import a_verdict

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BOB = "bob@example.test"
HAM = a_verdict(
    label=Label.HAM, is_phishing=False, phishing_score=0.01, spam_score=0.01, asks=(), tags=(), degraded=False
)


def mail(
    fields: str = "", *, to: str = BOB, sender: str = "ann@elsewhere.test", path: str | None = "ann@elsewhere.test"
) -> Message:
    """Return a mail as delivery left it; without `path` it has no Return-Path."""
    head = "" if path is None else f"Return-Path: <{path}>\n"
    text = f"{head}{fields}From: Ann <{sender}>\nTo: {to}\nSubject: Slides\nMessage-ID: <1@elsewhere.test>\n\nHere they are.\n"
    return parse_message(text.encode(), authserv_ids=frozenset({"mx.example.test"}))


def refused(message: Message, verdict: object = HAM, received: datetime = NOW) -> str:
    """Return why the mail gets no answer."""
    return why_no_answer(message, verdict, {BOB}, received=received, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(mail(), id="plain"),
        pytest.param(mail("Auto-Submitted: no\n"), id="3834-5-no"),
        pytest.param(mail("Precedence: first-class\n"), id="3834-2-first-class"),
        pytest.param(mail(to="carl@example.test, Bob <bob@example.test>"), id="5230-4.5-one-of-many"),
        pytest.param(mail(to="bob+shop@example.test"), id="5230-4.5-detail"),
        pytest.param(mail(f"Cc: {BOB}\n", to="carl@example.test"), id="5230-4.5-cc"),
        pytest.param(mail(f"Bcc: {BOB}\n", to="carl@example.test"), id="5230-4.5-bcc"),
        pytest.param(mail(path="ann.owner@elsewhere.test"), id="5230-4.6-a-person-of-that-name"),
    ],
)
def test_a_person_is_answered(message: Message) -> None:
    """Mail that a person wrote to the owner may be answered."""
    assert refused(message) == ""


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(mail("Auto-Submitted: auto-replied\n"), id="3834-2-auto-replied"),
        pytest.param(mail("Auto-Submitted: auto-generated; owner-email=x\n"), id="3834-2-auto-generated"),
        pytest.param(mail("Auto-Submitted: (by us) auto-notified\n"), id="3834-5.1-comment"),
        pytest.param(mail("Auto-Submitted: something-new\n"), id="3834-2-any-other-value"),
        pytest.param(mail("Precedence: bulk\n"), id="3834-2-bulk"),
        pytest.param(mail("Precedence: list\n"), id="3834-2-precedence-list"),
        pytest.param(mail("Precedence: junk\n"), id="3834-2-junk"),
        pytest.param(mail("List-Id: <l.elsewhere.test>\n"), id="5230-4.6-list-id"),
        pytest.param(mail("List-Post: <mailto:l@elsewhere.test>\n"), id="5230-4.6-list-post"),
        pytest.param(mail("List-Unsubscribe: <mailto:u@elsewhere.test>\n"), id="5230-4.6-list-unsubscribe"),
        pytest.param(mail("X-Auto-Response-Suppress: All\n"), id="3834-2-suppressed"),
        pytest.param(mail("X-Autoreply: yes\n"), id="3834-2-before-this-standard"),
        pytest.param(mail(path=""), id="3834-2-null-return-path"),
        pytest.param(mail(path=None), id="3834-4-unknown-return-path"),
        pytest.param(mail(path="MAILER-DAEMON@elsewhere.test"), id="3834-2-mailer-daemon"),
        pytest.param(mail(sender="mailer-daemon@elsewhere.test"), id="3834-2-from-mailer-daemon"),
        pytest.param(mail(path="owner-l@elsewhere.test"), id="5230-4.6-owner"),
        pytest.param(mail(path="l-request@elsewhere.test"), id="5230-4.6-request"),
        pytest.param(mail(path="LISTSERV@elsewhere.test"), id="5230-4.6-listserv"),
        pytest.param(mail(path="majordomo@elsewhere.test"), id="5230-4.6-majordomo"),
        pytest.param(mail(path="bounces+42@elsewhere.test"), id="3834-2-verp"),
        pytest.param(mail(sender="noreply@elsewhere.test"), id="3834-2-noreply"),
        pytest.param(mail("Reply-To: do-not-reply@elsewhere.test\n"), id="3834-2-reply-to-noreply"),
        pytest.param(mail(to="carl@example.test"), id="5230-4.5-not-addressed"),
        pytest.param(mail(to="undisclosed-recipients:;"), id="5230-4.5-hidden-recipients"),
        pytest.param(mail(sender=BOB), id="3834-2-own-from"),
        pytest.param(mail(path=BOB), id="3834-2-own-return-path"),
        pytest.param(
            mail("Authentication-Results: mx.example.test; spf=fail smtp.mailfrom=elsewhere.test\n"),
            id="3834-7-forged-return-path",
        ),
        pytest.param(
            mail("Authentication-Results: mx.example.test; dmarc=fail header.from=elsewhere.test\n"),
            id="3834-7-forged-author",
        ),
        pytest.param(
            mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"), id="3834-2-report"
        ),
    ],
)
def test_rules_against_an_answer(message: Message) -> None:
    """Mail of lists, programs and forgers gets none, and the reason is told."""
    assert refused(message)


@pytest.mark.parametrize(
    "verdict",
    [
        pytest.param(replace(HAM, label=Label.PHISH, is_phishing=True), id="phishing"),
        pytest.param(replace(HAM, label=Label.SPAM), id="spam"),
        pytest.param(replace(HAM, label=Label.UNKNOWN, is_phishing=None, phishing_score=None), id="not-judged"),
        pytest.param(replace(HAM, phishing_score=0.4), id="suspected-fraud"),
        pytest.param(replace(HAM, spam_score=0.6), id="suspected-spam"),
        pytest.param(replace(HAM, tags=("injection",)), id="orders-to-a-model"),
        pytest.param(
            replace(HAM, asks=(Ask(kind=AskKind.REPLY, identity=Identity.UNPROVEN, quote="x", where="body"),)),
            id="unproven-ask",
        ),
    ],
)
def test_suspected_mail_is_not_answered(verdict: object) -> None:
    """An answer would tell a fraudster that the mailbox is read (RFC 3834 7)."""
    assert refused(mail(), verdict)


def test_old_mail_is_not_answered() -> None:
    """An answer days later would only surprise."""
    assert refused(mail(), received=NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("wanted", "subject", "made"),
    [
        ("", "Slides", "Auto: Slides"),
        ("Away", "Slides", "Away"),
        ("", "", "Auto:"),
        ("", "x" * 400, "Auto: " + "x" * 244),
    ],
    ids=["3834-3.1.5", "5230-5.3-own", "no-subject", "bounded"],
)
def test_subject(wanted: str, subject: str, made: str) -> None:
    """The mail's own behind `Auto: `, or the owner's."""
    assert answer_subject(wanted, subject) == made


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [("", "", True), ("2026-12-01", "", True), ("2026-12-02", "", False), ("", "2026-11-30", False)],
)
def test_days_of_absence(first: str, last: str, away: bool) -> None:
    """The days are the owner's: at this moment it is December in Auckland."""
    wishes = Preferences(username=BOB, absence="Away.", absence_from=first, absence_until=last)
    assert is_away(wishes, NOW, ZoneInfo("Pacific/Auckland")) is away
    assert date(2026, 12, 1) == NOW.astimezone(ZoneInfo("Pacific/Auckland")).date()


def test_without_a_text_there_is_no_notice() -> None:
    """Blanks are no text."""
    assert not is_away(Preferences(username=BOB, absence="  "), NOW, ZoneInfo("UTC"))
    assert absence_rule(Preferences(username=BOB, absence="Away.")).days == 7


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (AnswerRule(name="r", text="t"), True),
        (AnswerRule(name="r", text="t", enabled=False), False),
        (AnswerRule(name="r", text=" "), False),
        (AnswerRule(name="r", text="t", categories=("Support", "sales")), True),
        (AnswerRule(name="r", text="t", categories=("sales",)), False),
        (AnswerRule(name="r", text="t", sender_domains=("elsewhere.test",)), True),
        (AnswerRule(name="r", text="t", sender_domains=("where.test",)), False),
        (AnswerRule(name="r", text="t", subject_words=("SLIDES",)), True),
        (AnswerRule(name="r", text="t", subject_words=("bill",)), False),
        (AnswerRule(name="r", text="t", recipients=("Bob@example.test",)), True),
        (AnswerRule(name="r", text="t", recipients=("help@example.test",)), False),
        (AnswerRule(name="r", text="t", categories=("support",), subject_words=("bill",)), False),
    ],
)
def test_conditions_of_a_rule(rule: AnswerRule, fits: bool) -> None:
    """Every condition given must hold; one of its values is enough."""
    assert bool(fitting([rule], mail(), ["support"])) is fits
