"""Dates as other programs than RFC 5322's write them: zones by name, languages, numbers, spaces and comments."""

from __future__ import annotations

import pytest

from glassdome.parse.date import parse_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 21 Nov 97 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00"),
        ("Mon Jun 1 10:00:00 CEST 2026", "2026-06-01T10:00:00+02:00"),
        ("Mon, 1 Jun 2026 10:00:00 MESZ", "2026-06-01T10:00:00+02:00"),
        ("Mon, 1 Jun 2026 10:00:00 JST", "2026-06-01T10:00:00+09:00"),
        ("Mon, 1 Jun 2026 10:00:00 Pacific Daylight Time", "2026-06-01T10:00:00-07:00"),
        ('"Mon, 1 Jun 2026 10:00:00 +0200"', "2026-06-01T10:00:00+02:00"),
        ("Mon, 1 Jun 2026 at 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
        ("Mo, 1 Juni 2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
        ("mer., 3 février 2026 10:00:00 +0100", "2026-02-03T10:00:00+01:00"),
        ("Пн, 1 июня 2026 10:00:00 +0300", "2026-06-01T10:00:00+03:00"),
        ("01.06.2026 10:00:00 +0200", "2026-06-01T10:00:00+02:00"),
        ("2026年6月1日(月) 10:00:00 +0900", "2026-06-01T10:00:00+09:00"),
        ("2026년 6월 1일 10:00:00 +0900", "2026-06-01T10:00:00+09:00"),
    ],
)
def test_forms(value: str, expected: str) -> None:
    """A date that names one moment is read as that moment."""
    found = parse_date(value)

    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "value", ["06/01/2026 10:00:00", "tomorrow", "Mon, 31 Feb 2026 10:00:00 +0000", "31.13.2026 10:00"]
)
def test_no_date(value: str) -> None:
    """A date that may mean two days, or none, is no date."""
    assert parse_date(value) is None
