"""Tests of the owner's habits towards a sender: nothing at first, never too much, always the right way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.priority import learned
from glassdome.values.context import Context, SenderHistory
from glassdome.values.message import Address, Message

COUNT = st.integers(0, 50)
HISTORIES = st.builds(SenderHistory, seen=COUNT, replied=COUNT, opened=COUNT, junked=COUNT)


@pytest.mark.parametrize(
    ("history", "points"),
    [
        (SenderHistory(), 0.0),
        (SenderHistory(opened=9, replied=9), 0.0),
        (SenderHistory(seen=1, opened=1), 0.2),
        (SenderHistory(seen=5, opened=5), 1.0),
        (SenderHistory(seen=10, replied=10, opened=10), 3.0),
        (SenderHistory(seen=10, junked=10), -2.0),
    ],
)
def test_from_a_cold_start_to_certainty(history: SenderHistory, points: float) -> None:
    """A sender never seen is neither hurried nor held back; five messages are believed in full."""
    assert learned(history) == pytest.approx(points)


@given(HISTORIES)
def test_bounded(history: SenderHistory) -> None:
    """Never more than three up or two down."""
    assert -2 <= learned(history) <= 3


@given(HISTORIES, st.sampled_from(["replied", "opened", "junked"]))
def test_one_more_moves_the_right_way(history: SenderHistory, what: str) -> None:
    """Answered and read once more never lowers, junked once more never raises."""
    counts = {name: getattr(history, name) for name in ("seen", "replied", "opened", "junked")}
    more = SenderHistory(**counts | {what: counts[what] + 1})
    assert (learned(more) - learned(history)) * (-1 if what == "junked" else 1) >= 0


@pytest.mark.parametrize(("counts", "moves"), [({"replied": 5}, 2), ({"opened": 5}, 1), ({"junked": 5}, -2), ({}, 0)])
def test_the_priority_follows(counts: dict[str, int], moves: int) -> None:
    """The engine asks it: of a mail whose content says nothing, the history decides."""
    message = Message(
        subject="Notes", text="It rained.", new_text="It rained.", header_from=(Address(addr="b@x.example"),)
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    history = SenderHistory(seen=5, **counts)
    read = [
        BuiltinEngine().read(message, signals=(), sensitive=(), context=Context(now=now, sender=sender)).priority_score
        for sender in (SenderHistory(), history)
    ]
    assert read[1] - read[0] == moves
