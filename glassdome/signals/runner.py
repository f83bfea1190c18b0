"""Runs the detectors; one that crashes is reported as unknown, never as clean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glassdome.core.log import get_logger
from glassdome.signals.finding import Detector, outcome
from glassdome.signals.table import DETECTORS
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Outcome, Signal

__all__ = ["detect"]

_log = get_logger(__name__)


def detect(message: Message, context: Context, *, detectors: Sequence[Detector] = DETECTORS) -> tuple[Signal, ...]:
    """Return one signal for every name of every detector, in the table's order; never raises."""
    return tuple(signal for detector in detectors for signal in _run(detector, message, context))


def _run(detector: Detector, message: Message, context: Context) -> Iterator[Signal]:
    found: dict[str, Signal] = {}
    missing = Outcome.MISS
    try:
        for signal in detector.run(message, context):
            found.setdefault(signal.name, signal)
    except Exception:  # whatever a hostile mail broke, the other detectors still count
        _log.exception("detector_failed", detector=detector.name)
        missing = Outcome.TEMP_ERROR
    return (found.get(name) or outcome(name, missing) for name in detector.signals)
