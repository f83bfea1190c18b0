"""Counts how fast the model answers the mail of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from glassdome.core.errors import StoreError
from glassdome.core.log import get_logger
from glassdome.pipeline.process import Judged
from glassdome.pipeline.retry import IN_VAIN

if TYPE_CHECKING:
    from glassdome.store.model_speeds import ModelSpeeds

__all__ = ["Speeds"]

_log = get_logger(__name__)


@dataclass(frozen=True)
class Speeds:
    """Writes one count for each mail that the model was asked about."""

    store: ModelSpeeds

    async def of_judged(self, judged: Judged, model: str, *, now: datetime) -> None:
        """Count a mail; one that cannot be counted now is left out."""
        opinion, in_vain = judged.analysis.opinion, isinstance(judged.error, IN_VAIN)
        answered = judged.error is None and opinion is not None and opinion.usage.calls > 0
        if not (answered or in_vain):
            return
        try:
            await self.store.count(model, answered=answered, seconds=judged.asked_seconds, now=now)
        except StoreError as exc:
            _log.info("speed_not_counted", code=exc.code)
