"""The one table of detectors."""

from __future__ import annotations

from glassdome.signals import (
    asks,
    attachments,
    authentication,
    bulk,
    content,
    defects,
    history,
    identity,
    injection,
    link_claims,
    links,
    markup,
    reports,
    rspamd,
    sender,
    thread,
    unsolicited,
)
from glassdome.signals.finding import Detector

__all__ = ["DETECTORS", "signal_meanings"]

DETECTORS: tuple[Detector, ...] = (
    authentication.DETECTOR,
    sender.DETECTOR,
    history.DETECTOR,
    identity.DETECTOR,
    thread.DETECTOR,
    links.DETECTOR,
    link_claims.DETECTOR,
    attachments.DETECTOR,
    markup.DETECTOR,
    content.DETECTOR,
    asks.DETECTOR,
    unsolicited.DETECTOR,
    injection.DETECTOR,
    bulk.DETECTOR,
    reports.DETECTOR,
    rspamd.DETECTOR,
    defects.DETECTOR,
)


def signal_meanings() -> dict[str, str]:
    """Return every signal's name and meaning, in the order of the table."""
    return {name: meaning for detector in DETECTORS for name, meaning in detector.signals.items()}
