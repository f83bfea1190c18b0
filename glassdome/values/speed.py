"""The pace at which a language model answers, measured on the mail of the last hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ModelSpeed"]

#: Seconds that the oldest mail may wait before a model that answers counts as slow all the same.
_LONGEST_WAIT: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpeed:
    """The mails of the last hour that were `answered` and that it took too long for, and the mails that wait.

    `seconds` is the time since the first of these calls began, at most an hour; `oldest_seconds` the age of the oldest
    mail that waits for the model.
    """

    answered: int = 0
    too_slow: int = 0
    seconds: float = 0.0
    waiting: int = 0
    oldest_seconds: float = 0.0

    @property
    def mails_per_hour(self) -> float:
        """The mails that it answered, brought to one hour."""
        return self.answered * 3600 / self.seconds if self.seconds > 0 else 0.0

    @property
    def slow(self) -> bool:
        """It takes too long more often than not, or mail waits for more than an hour while it answers."""
        return self.too_slow > self.answered or (self.answered > 0 and self.oldest_seconds > _LONGEST_WAIT)
