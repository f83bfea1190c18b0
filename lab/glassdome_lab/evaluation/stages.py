"""The product's options in their order, from bytes to verdict, without a mailbox and without a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.classifier import Classifier
from glassdome.parse import parse_message
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import examine
from glassdome.values.ask import Asked
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.role import FULL
from glassdome.values.signal import SensitiveFinding, Signal
from glassdome.values.verdict import Verdict
from glassdome.verdict import decide

__all__ = ["NO_MAILBOX", "OfflineStages", "Read"]

#: No mailbox stands behind a file: nothing is known of its sender, and the clock stands still.
NO_MAILBOX = for_file(now=datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A message with everything that is known before a language model is asked."""

    message: Message
    signals: tuple[Signal, ...]
    sensitive: tuple[SensitiveFinding, ...]
    builtin: Opinion
    asked: Asked = field(default_factory=Asked)


class OfflineStages:
    """Parse, look, read, decide."""

    def __init__(self, classifier: Classifier | None = None, *, context: Context = NO_MAILBOX) -> None:
        """`classifier` replaces the shipped text model, as leave-one-source-out needs."""
        self._classifier, self._context = classifier, context

    @cached_property
    def _builtin(self) -> BuiltinEngine:
        return BuiltinEngine(self._classifier)

    def read(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Read:
        """Parse and look; raises ParseError."""
        message = parse_message(raw, authserv_ids=authserv_ids)
        found = examine(message, self._context, self._builtin)
        return Read(
            message=message, signals=found.signals, sensitive=found.sensitive, builtin=found.builtin, asked=found.asked
        )

    def decide(self, read: Read, opinion: Opinion | None = None, *, degraded: str = "") -> Verdict:
        """Come to a verdict, with a model's opinion where there is one: it counts as a judge's, the most it can earn."""
        return decide(
            read.message,
            signals=read.signals,
            sensitive=read.sensitive,
            builtin=read.builtin,
            opinion=opinion,
            grant=FULL,
            context=self._context,
            asked=read.asked,
            degraded_reason=degraded,
        )
