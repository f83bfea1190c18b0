"""Reads the settings of plugins: weights by signal, and the names of installed engines."""

from __future__ import annotations

from importlib.metadata import entry_points

from glassdome.core.config.field import parts_of

__all__ = ["engine_plugins", "parse_weights"]


def engine_plugins() -> frozenset[str]:
    """Return the names of the engines that installed plugins offer; imports none of them."""
    return frozenset(entry.name for entry in entry_points(group="glassdome.engines"))


def parse_weights(text: str) -> dict[str, float]:
    """Read `name=1.5, other=-0.5`, log-odds from -10 to 10; raises ValueError for any other form."""
    found: dict[str, float] = {}
    for entry in parts_of(text):
        name, _, number = entry.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as exc:
            raise ValueError(f"{entry[:60]!r} is not name=number") from exc
        if not -10 <= found[name.strip()] <= 10:
            raise ValueError(f"{entry[:60]!r} is not between -10 and 10")
    return found
