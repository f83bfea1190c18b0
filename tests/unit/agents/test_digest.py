"""Digests: the day they are about, words of strangers made harmless, languages, and one mail a period."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from glassdome.agents.digest import latest_period, write
from glassdome.agents.digest.words import _WORDS
from glassdome.core.translate import LANGUAGES
from glassdome.values.digest import Digest, DigestLine, DigestSection, DigestTopic
from glassdome.values.preferences import DigestEvery, Preferences

ANN = "ann@example.org"


def _digest(topic: DigestTopic = DigestTopic.NOW, *lines: DigestLine, more: int = 0) -> Digest:
    at = datetime(2026, 11, 30, 6, tzinfo=UTC)
    section = DigestSection(topic=topic, lines=lines or (DigestLine(subject="The minutes"),), more=more)
    return Digest(mailbox=ANN, since=at, until=at, sections=(section,))


@pytest.mark.parametrize(
    ("every", "zone", "now", "since", "due"),
    [
        ("daily", "Europe/Berlin", "2026-11-30T05:59", "2026-11-28T06:00", "2026-11-29T06:00"),
        ("daily", "Europe/Berlin", "2026-11-30T06:00", "2026-11-29T06:00", "2026-11-30T06:00"),
        # The night of the changed clock has 25 hours.
        ("daily", "Europe/Berlin", "2026-10-25T06:30", "2026-10-24T05:00", "2026-10-25T06:00"),
        ("daily", "America/New_York", "2026-11-30T11:00", "2026-11-28T12:00", "2026-11-29T12:00"),
        ("daily", "", "2026-11-30T07:30", "2026-11-29T07:00", "2026-11-30T07:00"),
        ("daily", "Nowhere/Else", "2026-11-30T07:30", "2026-11-29T07:00", "2026-11-30T07:00"),
        ("weekly", "", "2026-12-02T12:00", "2026-11-23T07:00", "2026-11-30T07:00"),
        ("weekly", "", "2026-11-30T06:59", "2026-11-16T07:00", "2026-11-23T07:00"),
    ],
)
def test_a_period_ends_at_the_owners_hour(every: str, zone: str, now: str, since: str, due: str) -> None:
    """In their time zone, else the server's; a week ends on Monday."""
    preferences = Preferences(username=ANN, digest=DigestEvery(every), timezone=zone, digest_hour=7)

    found = latest_period(preferences, now=datetime.fromisoformat(f"{now}+00:00"), default_zone="UTC")

    assert (f"{found.since:%Y-%m-%dT%H:%M}", f"{found.due:%Y-%m-%dT%H:%M}") == (since, due)


def test_a_strangers_words_are_made_harmless() -> None:
    """No markup, no link, no second line, no turned direction, no account number, and no lure of a fraud."""
    evil = DigestLine(
        subject="<b>Pay</b> http://evil.example/x\r\nBcc: you\u202e DE89370400440532013000",
        who="boss@evil.example",
        note="Click www.evil.example " + "x" * 500,
        day="<script>",
    )
    made = write(_digest(DigestTopic.NOW, evil), "en")
    fraud = write(_digest(DigestTopic.FRAUD, evil), "en")

    for text in (made.text, made.html):
        bad = ("evil.example", "http:", "\u202e", "DE89370400440532013000", "<script>", "x" * 200)
        assert [word for word in bad if word in text] == []
    assert "<b>" not in made.html
    assert "\nBcc" not in made.text
    assert "Click" not in fraud.text + fraud.html
    assert "evil" not in made.subject


@pytest.mark.parametrize("language", [*_WORDS, "de-AT", "xx", ""])
def test_each_language_is_whole(language: str) -> None:
    """One title for each section, and the numbers in their places; an unknown language gets English."""
    for topic in DigestTopic:
        made = write(_digest(topic, more=3), language)
        assert ("4" in made.subject, "3" in made.text, "{" in made.text + made.subject) == (True, True, False)
    words = _WORDS.get(language[:2], _WORDS["en"])
    assert len(words.titles) == len(DigestTopic)


def test_a_move_has_a_link_where_the_pages_have_an_address() -> None:
    """In both bodies; without it the mail says where to undo, and so it does of moves that it does not list."""
    lines = (DigestLine(subject="Your account", note="Junk", action=17), DigestLine(subject="Bill", note="Junk"))
    digest = _digest(DigestTopic.MOVED, *lines)
    linked = write(digest, "en", lambda action, _: f"https://mail.example.org/llm/undo-link?link={action}&x")
    plain = write(digest, "en")
    longer = write(_digest(DigestTopic.MOVED, *lines, more=2), "en", lambda action, _: str(action))

    assert linked.text.splitlines()[1:5] == [
        "- Your account",
        "  Junk",
        "  Undo: https://mail.example.org/llm/undo-link?link=17&x",
        "- Bill",
    ]
    assert linked.html.count('<a href="https://mail.example.org/llm/undo-link?link=17&amp;x">Undo</a>') == 1
    assert ("14 days" in linked.text, "page of the message" in linked.text) == (True, False)
    assert ("14 days" in plain.text, "page of the message" in plain.text) == (False, True)
    assert ("14 days" in longer.text, "page of the message" in longer.text) == (True, True)
    assert "<a " not in plain.html


def test_languages_differ() -> None:
    """No text was forgotten."""
    rows: list[Any] = [(w.subject, w.titles, w.more, w.undo, w.undo_this, w.links, w.foot) for w in _WORDS.values()]
    assert set(_WORDS) == set(LANGUAGES)
    assert all(len(set(column)) == len(_WORDS) for column in zip(*rows, strict=True))
