"""Decides when to try again: a pure decision from the error and the number of attempts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from glassdome.core.errors import (
    ConnectFailed,
    GlassdomeError,
    ImapRefused,
    LoginRefused,
    ModelBroke,
    ModelMissing,
    ModelTooSlow,
    ModelUnavailable,
    ProtocolViolation,
    RateLimited,
    StoreUnavailable,
    TlsFailed,
)
from glassdome.core.limits import MAX_ATTEMPTS
from glassdome.mailbox.backoff import Jitter
from glassdome.values.job import ModelTries

__all__ = ["IN_VAIN", "RetryDecision", "decide_retry", "model_again_at", "tries_after", "tries_told"]

#: Seconds before the second attempt; each further one waits twice as long, up to the longest.
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 1800.0
#: A whole server is away: nothing is wrong with the message, so its attempts are not used up.
AWAY: Final = (ConnectFailed, TlsFailed, StoreUnavailable, RateLimited)
AWAY_PAUSE: Final = 30.0
#: The longest pause before a mail server that refuses for now is asked again.
REFUSED_LONGEST: Final = 300.0
#: How long a message waits for what may pass: outages last a night, and servers in trouble answer all kinds of things.
PATIENCE: Final = timedelta(days=1)
#: Attempts that count while it waits so: a worker that dies now and then meanwhile must not make it look like poison.
COUNTED_ATTEMPTS: Final = 4
#: The same for a refused login: somebody must see it and correct a password, after a weekend perhaps.
LOGIN_PATIENCE: Final = timedelta(days=4)
#: Seconds between tries then, first and longest; the pool spaces out the logins themselves.
LOGIN_FIRST_PAUSE: Final = 330.0
LOGIN_LONGEST_PAUSE: Final = 3600.0
#: Attempts after an error of ours that no class foresaw; it may have been a moment's, more likely it is a defect.
UNFORESEEN_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """`again_at` is None when the job ends as failed; `counted` is True if the attempt counts against the message."""

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

    `waiting_since` is when the message came: a server that refuses for now is asked again after a quarter of that wait, and
    what may pass is waited for up to PATIENCE. Without it the attempts alone decide.
    """
    waited = now - (waiting_since or now)
    if isinstance(error, AWAY):
        return RetryDecision(again_at=now + timedelta(seconds=jitter(0.5, 1.5) * AWAY_PAUSE), counted=False)
    if isinstance(error, LoginRefused):
        return _after_login(waited, now, jitter)
    if isinstance(error, ImapRefused) and error.temporary and error.away:
        pause = min(REFUSED_LONGEST, max(FIRST_PAUSE, waited.total_seconds() / 4))
        return RetryDecision(again_at=now + timedelta(seconds=pause * jitter(0.5, 1.0)), counted=False)
    patient = waiting_since is not None and waited < PATIENCE
    temporary = error.temporary if isinstance(error, GlassdomeError) else attempts < UNFORESEEN_ATTEMPTS
    if isinstance(error, ProtocolViolation):
        # A proxy that hiccups says such things too.
        temporary = attempts < UNFORESEEN_ATTEMPTS
    if not temporary or (attempts >= MAX_ATTEMPTS and not patient):
        return RetryDecision(again_at=None)
    pause = min(LONGEST_PAUSE, max(FIRST_PAUSE * 2 ** (attempts - 1), waited.total_seconds() / 4))
    counted = attempts < COUNTED_ATTEMPTS or not patient
    return RetryDecision(again_at=now + timedelta(seconds=pause * jitter(0.5, 1.0)), counted=counted)


def _after_login(waited: timedelta, now: datetime, jitter: Jitter) -> RetryDecision:
    """Wait for a password to be corrected, or for a server that refuses good ones for a while."""
    if waited >= LOGIN_PATIENCE:
        return RetryDecision(again_at=None)
    pause = min(LOGIN_LONGEST_PAUSE, max(LOGIN_FIRST_PAUSE, waited.total_seconds() / 2))
    return RetryDecision(again_at=now + timedelta(seconds=pause * jitter(1.0, 1.2)), counted=False)


#: Failures for which the mail may be to blame: the model took too long for it, or broke at it.
IN_VAIN: Final = (ModelTooSlow, ModelBroke)


def tries_after(error: Exception | None, model: str, before: ModelTries) -> ModelTries:
    """Count a try in vain; those of another model are forgotten, and so are all once one was not in vain."""
    if not isinstance(error, IN_VAIN):
        return before if isinstance(error, ModelUnavailable | ModelMissing) else ModelTries()
    return ModelTries(model=model, number=before.number + 1 if before.model == model else 1)


def tries_told(error: Exception | None, tries: ModelTries, most: int) -> tuple[str, str]:
    """Return the code and the sentence that say what a mail was tried for in vain; empty where it was not."""
    if not isinstance(error, IN_VAIN):
        return "", ""
    times = "once" if tries.number == 1 else f"{tries.number} times"
    did = "took too long" if isinstance(error, ModelTooSlow) else "broke"
    then = "the built-in verdict stands" if tries.number >= most else "it is asked again"
    return error.code, f"The model {did} {times}; {then}."


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
