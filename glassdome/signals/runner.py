"""Runs the detectors; one that crashes is reported as unknown, never as clean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import MappingProxyType

from glassdome.core.log import get_logger
from glassdome.signals.asked import find_asked
from glassdome.signals.file_evidence import placed_asks, placed_signals
from glassdome.signals.finding import Detector, outcome
from glassdome.signals.returned import as_counted
from glassdome.signals.table import DETECTORS
from glassdome.values.ask import Asked
from glassdome.values.context import Context
from glassdome.values.file_places import has_files, joined_with_files
from glassdome.values.message import Message
from glassdome.values.signal import Outcome, Signal

__all__ = ["asked_of", "detect"]

_log = get_logger(__name__)


def detect(message: Message, context: Context, *, detectors: Sequence[Detector] = DETECTORS) -> tuple[Signal, ...]:
    """Return one signal for every name of every detector, in the table's order; never raises.

    The words of attached files count as those of the mail do, and their evidence names the place in the file.
    """
    counted = as_counted(message, context)
    read = joined_with_files(counted)
    found: list[Signal] = []
    for detector in detectors:
        found += _run(detector, read, context)
    return placed_signals(counted, found) if has_files(counted) else tuple(found)


def asked_of(message: Message, context: Context) -> Asked:
    """Return who asks for what; never raises: if the check fails, everything is unproven, and the detectors say so."""
    try:
        counted = as_counted(message, context)
        asked = find_asked(joined_with_files(counted), context)
        return placed_asks(counted, asked) if has_files(counted) else asked
    except Exception:  # as with detectors: a hostile mail must not end the judging of it
        _log.exception("detector_failed", detector="asked")
        return Asked()


def _run(detector: Detector, message: Message, context: Context) -> Iterable[Signal]:
    found: dict[str, Signal] = {}
    missing = Outcome.MISS
    try:
        for signal in detector.run(message, context):
            found.setdefault(signal.name, signal)
    except Exception:  # whatever a hostile mail broke, the other detectors still count
        _log.exception("detector_failed", detector=detector.name)
        missing = Outcome.TEMP_ERROR
    nothing = _nothing(tuple(detector.signals), missing)
    if not found:
        return nothing.values()
    whole = nothing | found
    return (whole[name] for name in detector.signals) if len(whole) > len(detector.signals) else whole.values()


@lru_cache(maxsize=256)
def _nothing(names: tuple[str, ...], result: Outcome) -> MappingProxyType[str, Signal]:
    return MappingProxyType({name: outcome(name, result) for name in names})
