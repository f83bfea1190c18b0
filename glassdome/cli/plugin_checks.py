"""Checks the installed plugins for `glassdome doctor`: each is imported, and each detector reads a mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Final

from glassdome.cli.checks import Check, Health
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError
from glassdome.core.plugins import DETECTOR_GROUP, ENGINE_GROUP, describe, installed, load
from glassdome.core.unexpected import wrap_unexpected_now
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.plugins import detector_of

__all__ = ["plugin_checks"]

_FIX: Final = "Repair or remove the plugin, or name it in GLASSDOME_PLUGINS_OFF."
_MAIL: Final = b"From: Ann <ann@a.example>\r\nTo: bob@b.example\r\nSubject: Lunch\r\n\r\nAt noon?\r\n"


def plugin_checks(settings: Settings) -> Iterator[Check]:
    """Yield one finding per plugin: on, off, or broken with the reason. Without plugins there is none."""
    for kind, group in (("detector", DETECTOR_GROUP), ("engine", ENGINE_GROUP)):
        for entry in installed(group):
            yield _check(kind, entry, settings)


def _check(kind: str, entry: EntryPoint, settings: Settings) -> Check:
    shown = f"{kind} {describe(entry)}"
    if settings.plugins_off_names & {entry.name, "all"}:
        return Check(name="plugins", health=Health.OK, detail=f"off: {shown}, by GLASSDOME_PLUGINS_OFF")
    try:
        detail = _tried(entry) if kind == "detector" else _imported(entry, settings)
    except GlassdomeError as exc:
        return Check(name="plugins", health=Health.FAIL, detail=f"{shown}: {exc.message}", fix=_FIX)
    return Check(name="plugins", health=Health.OK, detail=f"on: {shown}{detail}")


def _tried(entry: EntryPoint) -> str:
    detector = detector_of(entry)
    message, context = parse_message(_MAIL), for_file(now=datetime.now(UTC))
    wrap_unexpected_now(f"Its detector {entry.name}", lambda: list(detector.run(message, context)))
    return f" reports {', '.join(detector.signals)}"


def _imported(entry: EntryPoint, settings: Settings) -> str:
    load(entry)
    return "" if settings.engine_name == entry.name else f"; GLASSDOME_ENGINE={entry.name} chooses it"
