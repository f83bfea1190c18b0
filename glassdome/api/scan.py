"""A verdict while the mail server waits: built-in engine only, in a thread, bounded in number and time, else none."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import Depends, Request

from glassdome.core.errors import GlassdomeError
from glassdome.core.limits import MAX_SCAN_SECONDS, MAX_SCANS
from glassdome.desk.services import Classify
from glassdome.values.verdict import Label, Verdict

__all__ = ["Scanner", "Scans", "confidence", "verdict_word"]

_WORDS: dict[Label, Literal["phishing", "spam", "ham"]] = {
    Label.PHISH: "phishing",
    Label.SPAM: "spam",
    Label.HAM: "ham",
}


class Scanner:
    """Judges raw messages; None means no verdict, and the mail is delivered as if we had not been asked."""

    def __init__(self, classify: Classify) -> None:
        """`classify` works in the event loop's threads."""
        self._classify = classify
        self._running = 0

    async def verdict(self, raw: bytes) -> Verdict | None:
        """Return the verdict, or None: too many at once, too slow, not a message, or nothing in it to judge."""
        if self._running >= MAX_SCANS:
            return None
        self._running += 1
        work = asyncio.ensure_future(self._classify(raw))
        # A thread cannot be stopped: one that is late still counts until it ends.
        work.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(MAX_SCAN_SECONDS):
                verdict = await asyncio.shield(work)
        except (TimeoutError, GlassdomeError):
            return None
        return None if verdict.label is Label.UNKNOWN else verdict

    def _ended(self, work: asyncio.Future[Verdict]) -> None:
        self._running -= 1
        if not work.cancelled():
            # Read here too, since no caller is left for the error of a late one.
            work.exception()


async def _scanner(request: Request) -> Scanner:
    scanner: Scanner = request.app.state.scanner
    return scanner


Scans = Annotated[Scanner, Depends(_scanner)]


def verdict_word(verdict: Verdict) -> Literal["phishing", "spam", "ham"]:
    """Return the word Rspamd's plugin knows."""
    return _WORDS[verdict.label]


def confidence(verdict: Verdict) -> float:
    """Return how sure the label is, 0 to 1."""
    if verdict.label is Label.PHISH:
        return verdict.phishing_score or 0.0
    if verdict.label is Label.SPAM:
        return verdict.spam_score
    return 1.0 - max(verdict.phishing_score or 0.0, verdict.spam_score)
