"""Tests of the times at which a mailbox is polled again after an error."""

from datetime import UTC, datetime, timedelta

from glassdome.core.errors import Disconnected, LoginRefused
from glassdome.mailbox.backoff import MailboxBackoff, pause_after
from glassdome.values.watch import WatchHealth

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOX = "a@example.test"


def middle(low: float, high: float) -> float:
    """No jitter."""
    return (low + high) / 2


def test_pauses_double_up_to_a_bound() -> None:
    """A lost server is tried soon and then less often; a refused login waits long from the start."""
    lost = [pause_after(Disconnected(), n, jitter=middle).total_seconds() for n in (1, 2, 3, 8, 1000)]
    refused = [pause_after(LoginRefused(), n, jitter=middle).total_seconds() for n in (1, 2, 1000)]
    assert lost == [5, 10, 20, 600, 600]
    assert refused == [600, 1200, 21_600]


def test_jitter_spreads_the_tries() -> None:
    """After an outage not every mailbox comes back in the same second."""
    pauses = {pause_after(Disconnected(), 3) for _ in range(20)}
    assert len(pauses) > 1
    assert all(timedelta(seconds=15) <= pause <= timedelta(seconds=25) for pause in pauses)


def test_errors_add_up_and_success_clears() -> None:
    """The state tells what is wrong, since when it went well, and when the next try is."""
    book = MailboxBackoff(jitter=middle)
    book.record_success(BOX, now=NOW)
    book.record_failure(BOX, Disconnected("gone"), now=NOW)
    assert not book.may_poll(BOX, now=NOW + timedelta(seconds=4))
    later = NOW + timedelta(seconds=5)
    assert book.may_poll(BOX, now=later)
    state = book.record_failure(BOX, LoginRefused("no", fix="Check it."), now=later)
    assert (state.health, state.failures, state.code, state.sentence) == (
        WatchHealth.REFUSED, 2, "login_refused", "no Check it.",
    )  # fmt: skip
    assert state.polled_at == NOW
    book.record_success(BOX, now=later)
    assert [s.health for s in book.states()] == [WatchHealth.OK]


def test_two_errors_at_once_count_once() -> None:
    """Polling and IDLE lose the same server in the same moment: that is one failure."""
    book = MailboxBackoff(jitter=middle)
    assert book.record_failure(BOX, Disconnected(), now=NOW) == book.record_failure(BOX, Disconnected(), now=NOW)


def test_only_the_chosen_are_remembered() -> None:
    """A mailbox that opts out leaves the book."""
    book = MailboxBackoff()
    for mailbox in (BOX, "b@example.test"):
        book.record_success(mailbox, now=NOW)
    assert book.keep_only(frozenset({BOX})) == {"b@example.test"}
    assert [state.mailbox for state in book.states()] == [BOX]
