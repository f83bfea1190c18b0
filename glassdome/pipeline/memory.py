"""What learning from owners reads and writes: several stores of one database."""

from __future__ import annotations

from typing import Protocol

from glassdome.ports.agent import ActionLedger, FeedbackStore
from glassdome.ports.store import AnalysisStore, CursorStore, HistoryStore

__all__ = ["Memory"]


class Memory(Protocol):
    """The stores, as the database names them."""

    @property
    def analyses(self) -> AnalysisStore:
        """What was judged."""
        ...

    @property
    def history(self) -> HistoryStore:
        """The correspondents."""
        ...

    @property
    def feedback(self) -> FeedbackStore:
        """The corrections."""
        ...

    @property
    def actions(self) -> ActionLedger:
        """What was done to messages."""
        ...

    @property
    def cursors(self) -> CursorStore:
        """How far folders were read."""
        ...
