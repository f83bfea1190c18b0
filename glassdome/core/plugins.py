"""Finds the plugins that other distributions offer as entry points: detectors and engines."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from glassdome.core.unexpected import wrap_unexpected_now

__all__ = ["DETECTOR_GROUP", "ENGINE_GROUP", "describe", "installed", "load"]

#: Entry points of this group are `signals.finding.Detector` objects.
DETECTOR_GROUP: Final = "glassdome.detectors"
#: Entry points of this group are functions from `Settings` to a `ports.model.LanguageModel`.
ENGINE_GROUP: Final = "glassdome.engines"


@cache
def installed(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group by name; the environment is read once per process."""
    return tuple(sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)))


def load(entry: EntryPoint) -> object:
    """Import a plugin and return its object; raises Broken for whatever it raises."""
    return wrap_unexpected_now(f"The plugin {describe(entry)}", entry.load)


def describe(entry: EntryPoint) -> str:
    """Return the plugin's name with its distribution: `lottery (glassdome-lottery 1.0)`."""
    return f"{entry.name} ({entry.dist.name} {entry.dist.version})" if entry.dist else entry.name
