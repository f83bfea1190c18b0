"""Tests of the times at which a job is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glassdome.core.errors import (
    ConnectFailed,
    ImapRefused,
    LoginRefused,
    MessageTooLarge,
    ModelMissing,
    ModelUnavailable,
    OutputInvalid,
    ProtocolViolation,
    SmtpRefused,
    TimedOut,
)
from glassdome.core.limits import MAX_ATTEMPTS
from glassdome.pipeline.retry import RetryDecision, decide_retry, model_again_at
from tests.samples import NOON


def _upper(low: float, high: float) -> float:
    return high


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320)])
def test_temporary_errors_wait_twice_as_long_each_time(attempts: int, seconds: int) -> None:
    """The pause doubles."""
    decision = decide_retry(TimedOut(), attempts=attempts, now=NOON, jitter=_upper)
    assert decision == RetryDecision(again_at=NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize("error", [MessageTooLarge(), SmtpRefused(reply_code=550)])
def test_permanent_errors_end_at_once(error: Exception) -> None:
    """Nothing would change."""
    assert decide_retry(error, attempts=1, now=NOON).again_at is None


def test_attempts_end() -> None:
    """After the last attempt the job fails; an unforeseen error has fewer."""
    assert decide_retry(TimedOut(), attempts=MAX_ATTEMPTS, now=NOON).again_at is None
    assert decide_retry(ValueError("x"), attempts=1, now=NOON).again_at is not None
    assert decide_retry(ValueError("x"), attempts=3, now=NOON).again_at is None


def test_a_server_that_is_away_uses_up_no_attempt() -> None:
    """However often it was tried."""
    decision = decide_retry(ConnectFailed(), attempts=99, now=NOON, jitter=_upper)
    assert decision == RetryDecision(again_at=NOON + timedelta(seconds=45), counted=False)


@pytest.mark.parametrize(("waited", "seconds"), [(0, 30), (400, 100), (90_000, 900)])
def test_the_model_is_asked_again_after_a_quarter_of_the_wait(waited: int, seconds: int) -> None:
    """Within half a minute and a quarter of an hour."""
    since = NOON - timedelta(seconds=waited)
    for error in (ModelUnavailable(), ModelMissing()):
        again = model_again_at(error, waiting_since=since, now=NOON, jitter=lambda low, high: 1.0)
        assert again == NOON + timedelta(seconds=seconds)


def test_an_answer_that_was_no_use_is_not_asked_for_again() -> None:
    """The same model would answer alike."""
    assert model_again_at(OutputInvalid(), waiting_since=NOON, now=NOON) is None
    assert model_again_at(None, waiting_since=NOON, now=NOON) is None


def test_a_mail_server_that_refuses_for_now_is_asked_again_ever_less_often() -> None:
    """The pause is a quarter of the wait, and no attempt is used up; a refusal of this message alone uses attempts."""
    away = ImapRefused(temporary=True, away=True)
    for waited, seconds in ((0, 5), (40, 10), (400, 100), (90_000, 300)):
        since = NOON - timedelta(seconds=waited)
        decision = decide_retry(away, attempts=99, now=NOON, waiting_since=since, jitter=_upper)
        assert decision == RetryDecision(again_at=NOON + timedelta(seconds=seconds), counted=False)
    mine = ImapRefused(temporary=True)
    assert decide_retry(mine, attempts=1, now=NOON).counted
    assert decide_retry(mine, attempts=MAX_ATTEMPTS, now=NOON).again_at is None
    assert decide_retry(ImapRefused(), attempts=1, now=NOON).again_at is None


def test_what_may_pass_is_waited_for_a_day() -> None:
    """An outage lasts a night; tries thin out, and they do not make the message look like poison to a worker that dies."""
    for error in (TimedOut(), ImapRefused(temporary=True)):
        for waited, seconds in ((timedelta(minutes=10), 150), (timedelta(hours=20), 1800)):
            decision = decide_retry(error, attempts=4, now=NOON, waiting_since=NOON - waited, jitter=_upper)
            assert decision == RetryDecision(again_at=NOON + timedelta(seconds=seconds), counted=False)
        late = {"now": NOON, "waiting_since": NOON - timedelta(days=1), "jitter": _upper}
        assert decide_retry(error, attempts=4, **late).counted
        assert decide_retry(error, attempts=MAX_ATTEMPTS, **late).again_at is None


def test_a_refused_login_waits_for_somebody_to_correct_the_password() -> None:
    """Mail that was queued before the password was changed is judged after it was corrected, up to a long weekend."""
    for waited, seconds in ((timedelta(0), 396), (timedelta(hours=1), 2160), (timedelta(days=3), 4320)):
        decision = decide_retry(LoginRefused(), attempts=99, now=NOON, waiting_since=NOON - waited, jitter=_upper)
        assert decision == RetryDecision(again_at=NOON + timedelta(seconds=seconds), counted=False)
    assert decide_retry(LoginRefused(), attempts=1, now=NOON, waiting_since=NOON - timedelta(days=4)).again_at is None


def test_a_fault_of_protocol_has_few_attempts() -> None:
    """A proxy hiccups; a server that does not speak IMAP goes on so."""
    assert decide_retry(ProtocolViolation(), attempts=1, now=NOON).again_at is not None
    assert decide_retry(ProtocolViolation(), attempts=3, now=NOON).again_at is None
