"""Threads that go on under another name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.signals.thread import _edits
from glassdome.values.message import ListFacts
from tests.unit.signals.build import found, hits, mail


@pytest.mark.parametrize(
    ("sender", "answered", "expected"),
    [
        ("nordlicht-druk.example", "nordlicht-druck.example", True),
        ("nordlicht-drukc.example", "nordlicht-druck.example", True),
        ("paypa1-billing.example", "paypal-billing.example", True),
        ("mail.muster-gmbh.example", "rnuster-gmbh.example", True),
        ("nordlicht-druck.example", "mail.nordlicht-druck.example", False),
        ("nordlicht-druck.example", "nordlicht-druck.test", False),
        ("cedar.example", "cedat.example", False),
        ("gmail.com", "gmall.com", False),
        ("nordlicht.example", "sonnenwind.example", False),
        ("nordlicht.example", "", False),
    ],
)
def test_thread_lookalike(sender: str, answered: str, expected: bool) -> None:
    """A name a letter or two off is told; subdomains, sister domains, short names and mail providers are not."""
    message = mail(f"Ann <ann@{sender}>", in_reply_to=(f"inv-1@{answered}",))
    assert ("thread_lookalike" in hits(message)) is expected


def test_thread_lookalike_points_at_the_thread() -> None:
    """The evidence is the other domain, in the field that names it."""
    signal = found(
        mail("A <a@nordlicht-druk.example>", references=("x@other.example", "1@nordlicht-druck.example")),
        "thread_lookalike",
    )
    assert [(place.where, place.quote) for place in signal.evidence] == [
        ("header:References", "nordlicht-druck.example")
    ]


def test_own_thread_and_lists_are_left_alone() -> None:
    """A thread that the sender's domain took part in, and list mail, say nothing."""
    ids = ("1@nordlicht-druck.example", "2@nordlicht-druk.example")
    assert "thread_lookalike" not in hits(mail("A <a@nordlicht-druk.example>", references=ids))
    listed = mail("A <a@nordlicht-druk.example>", in_reply_to=ids[:1], lists=ListFacts(list_id="x.example"))
    assert "thread_lookalike" not in hits(listed)


@given(left=st.text("abc", max_size=8), right=st.text("abc", max_size=8))
def test_edits(left: str, right: str) -> None:
    """Zero means equal, the order does not matter, and lengths bound it."""
    found_edits = _edits(left, right)
    assert (found_edits == 0) is (left == right)
    assert found_edits == _edits(right, left) or min(found_edits, _edits(right, left)) >= 3
    assert found_edits >= min(3, abs(len(left) - len(right)))
