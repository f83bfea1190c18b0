"""The trial of a model: one question for each canary, then the measure of what it earned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from glassdome.core.errors import OutputInvalid, PolicyRefused, PromptTooLarge
from glassdome.parse import parse_message
from glassdome.pipeline.canaries.mails import AUTHSERV_ID, MAILBOX, Canary, canaries
from glassdome.pipeline.canaries.measure import Heard, measured
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import examine
from glassdome.ports.model import Engine
from glassdome.values.opinion import Opinion
from glassdome.values.role import FieldTest, Grant

__all__ = ["ask_canary", "judged_trial"]

#: The canaries are read at one moment, so that a trial can be gone on with tomorrow.
_THEN: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


async def ask_canary(engine: Engine, canary: Canary) -> Opinion | None:
    """Ask the model once; None for an answer that cannot be used. Raises ModelUnavailable, ModelMissing."""
    heard = await asyncio.to_thread(_examined, canary, None)
    try:
        return await engine.read(
            heard.message,
            signals=heard.examined.signals,
            sensitive=heard.examined.sensitive,
            builtin=heard.examined.builtin,
            context=heard.context,
        )
    except (OutputInvalid, PromptTooLarge, PolicyRefused):
        return None


async def judged_trial(answers: Mapping[str, Opinion | None]) -> tuple[Grant, tuple[FieldTest, ...]]:
    """Return what a model earned whose answers, by a canary's name, these are."""
    return await asyncio.to_thread(_judged, answers)


def _judged(answers: Mapping[str, Opinion | None]) -> tuple[Grant, tuple[FieldTest, ...]]:
    return measured([_examined(canary, answers[canary.name]) for canary in canaries() if canary.name in answers])


def _examined(canary: Canary, opinion: Opinion | None) -> Heard:
    message = parse_message(canary.raw, authserv_ids=frozenset({AUTHSERV_ID}))
    context = replace(for_file(now=_THEN), mailbox=MAILBOX)
    found = examine(message, context)
    return Heard(canary=canary, message=message, examined=found, context=context, opinion=opinion)
