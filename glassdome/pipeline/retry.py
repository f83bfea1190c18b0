"""Decides when to try again: a pure decision from the error and the number of attempts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.errors import (
    ConnectFailed,
    GlassdomeError,
    ImapRefused,
    ModelMissing,
    ModelUnavailable,
    ProtocolViolation,
    RateLimited,
    StoreUnavailable,
    TlsFailed,
)
from glassdome.core.limits import MAX_ATTEMPTS

__all__ = ["RetryDecision", "decide_retry", "model_again_at"]

#: Seconds before the second attempt; each further one waits twice as long, up to the longest.
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 1800.0
#: A whole server is away: nothing is wrong with the message, so its attempts are not used up.
AWAY: Final = (ConnectFailed, TlsFailed, StoreUnavailable, RateLimited)
AWAY_PAUSE: Final = 30.0
#: The longest pause before a mail server that refuses for now is asked again.
REFUSED_LONGEST: Final = 300.0
#: Attempts after an error of ours that no class foresaw; it may have been a moment's, more likely it is a defect.
UNFORESEEN_ATTEMPTS: Final = 3
Jitter = Callable[[float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """`again_at` is None when the job ends as failed; `counted` says whether the attempt was the message's own."""

    again_at: datetime | None
    counted: bool = True


def decide_retry(
    error: Exception,
    *,
    attempts: int,
    now: datetime,
    waiting_since: datetime | None = None,
    jitter: Jitter = random.uniform,
) -> RetryDecision:
    """Decide from `temporary` alone, but for a server that is away; the pause is drawn from its upper half.

    A mail server that refuses for now is asked again after a quarter of the time the message has waited.
    """
    if isinstance(error, AWAY):
        return RetryDecision(again_at=now + timedelta(seconds=jitter(0.5, 1.5) * AWAY_PAUSE), counted=False)
    if isinstance(error, ImapRefused) and error.temporary and error.away:
        waited = (now - (waiting_since or now)).total_seconds()
        pause = min(REFUSED_LONGEST, max(FIRST_PAUSE, waited / 4))
        return RetryDecision(again_at=now + timedelta(seconds=pause * jitter(0.5, 1.0)), counted=False)
    temporary = error.temporary if isinstance(error, GlassdomeError) else attempts < UNFORESEEN_ATTEMPTS
    if isinstance(error, ProtocolViolation):
        # A proxy that hiccups says such things too.
        temporary = attempts < UNFORESEEN_ATTEMPTS
    if not temporary or attempts >= MAX_ATTEMPTS:
        return RetryDecision(again_at=None)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    return RetryDecision(again_at=now + timedelta(seconds=pause * jitter(0.5, 1.0)))


def model_again_at(
    error: Exception | None, *, waiting_since: datetime, now: datetime, jitter: Jitter = random.uniform
) -> datetime | None:
    """Say when a degraded message asks the model again; None when asking again would fail alike.

    The pause is a quarter of the time it has waited, half a minute at least and a quarter of an hour at most, so that
    a short outage ends soon and a long one costs little.
    """
    if not isinstance(error, ModelUnavailable | ModelMissing) and not getattr(error, "temporary", False):
        return None
    waited = (now - waiting_since).total_seconds()
    return now + timedelta(seconds=min(900.0, max(30.0, waited / 4)) * jitter(0.75, 1.25))
