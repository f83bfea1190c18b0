"""The detectors that judge mail: ours, and those of the plugins that are installed and not switched off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint
from typing import Final

from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.plugins import DETECTOR_GROUP, describe, installed, load
from glassdome.signals.finding import Detector
from glassdome.signals.plugin import fenced
from glassdome.signals.table import DETECTORS
from glassdome.verdict.weights import Weights, with_plugins

__all__ = ["SHIPPED", "Extended", "detector_of", "extended"]

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The detectors that run over a mail, and the weights of their signals; None for the shipped weights.

    `made_of` are the plugins that are off and the weights set for plugins: another process makes the same of them.
    """

    detectors: tuple[Detector, ...] = DETECTORS
    weights: Weights | None = None
    made_of: tuple[frozenset[str], tuple[tuple[str, float], ...]] = (frozenset({"all"}), ())

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it was made of, since the functions of a plugin may not be picklable."""
        return _extended, self.made_of


#: Our own detectors alone.
SHIPPED: Final = Extended()


def extended(settings: Settings) -> Extended:
    """Return our detectors with those of the plugins; one that cannot be loaded is logged once and left out.

    The first call imports the plugins, so it is not for the event loop. Raises nothing: `doctor` names the fault.
    """
    return _extended(settings.plugins_off_names, tuple(sorted(settings.plugin_weight_values.items())))


@cache
def _extended(off: frozenset[str], weights: tuple[tuple[str, float], ...]) -> Extended:
    found = [detector for entry in installed(DETECTOR_GROUP) if (detector := _loaded(entry, off)) is not None]
    if not found:
        return SHIPPED
    names = {signal for detector in found for signal in detector.signals}
    valued = {name: value for name, value in weights if name in names}
    return Extended(
        detectors=(*DETECTORS, *found), weights=with_plugins(valued) if valued else None, made_of=(off, weights)
    )


def _loaded(entry: EntryPoint, off: frozenset[str]) -> Detector | None:
    if off & {entry.name, "all"}:
        return None
    try:
        return detector_of(entry)
    except GlassdomeError as exc:
        _log.error("plugin_not_loaded", plugin=describe(entry), code=exc.code, problem=exc.public_message)
        return None


@cache
def detector_of(entry: EntryPoint) -> Detector:
    """Return a plugin's detector; raises Broken when it cannot be imported, ConfigError when it is no detector."""
    return fenced(entry.name, load(entry))
