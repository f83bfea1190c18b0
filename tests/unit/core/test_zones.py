"""The time zone of an owner."""

from __future__ import annotations

import pytest

from glassdome.core.clock import zone_of


@pytest.mark.parametrize(
    ("name", "default", "expected"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("No/Where", "Europe/Berlin", "Europe/Berlin"),
        ("../etc/passwd", "UTC", "UTC"),
        ("", "", "UTC"),
    ],
)
def test_the_owners_zone_counts_before_the_servers(name: str, default: str, expected: str) -> None:
    """A name that is no zone is passed over."""
    assert zone_of(name, default).key == expected
