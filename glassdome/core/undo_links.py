"""Links that undo one action on one message: signed with the service's secret, so that none can be made up or altered."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from glassdome.core.secrets import SecretBox

__all__ = ["UndoLink", "UndoLinks"]

_PURPOSE: Final = "undo link"
#: An id of the database, seconds since 1970, and a signature of 256 bits.
_FORM: Final = re.compile(r"([1-9][0-9]{0,17})\.([1-9][0-9]{0,10})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoLink:
    """A link as read; `genuine_for` of `UndoLinks` says whether we made it."""

    action: int
    until: datetime
    signature: str


class UndoLinks:
    """Makes and reads the links; every process with the same box knows the same ones."""

    def __init__(self, box: SecretBox) -> None:
        """`box` has the secret."""
        self._box = box

    def make(self, action: int, message: str, *, until: datetime) -> str:
        """Return the link's text, of characters that a URL can carry.

        `message` is the place of the message, which is signed, and not named: the id of an action that was erased may be
        given to another.
        """
        seconds = int(until.timestamp())
        return f"{action}.{seconds}.{self._signature(action, seconds, message)}"

    def genuine_for(self, link: UndoLink, message: str) -> bool:
        """Return whether we made the link for an action on this message."""
        expected = self._signature(link.action, int(link.until.timestamp()), message)
        return hmac.compare_digest(link.signature, expected)

    @staticmethod
    def read(text: str) -> UndoLink | None:
        """Return the parts of a link, None for another text."""
        found = _FORM.fullmatch(text)
        if found is None:
            return None
        until = datetime.fromtimestamp(int(found[2]), UTC)
        return UndoLink(action=int(found[1]), until=until, signature=found[3])

    def _signature(self, action: int, seconds: int, message: str) -> str:
        return self._box.signature(_PURPOSE, f"{action}\0{seconds}\0{message}")
