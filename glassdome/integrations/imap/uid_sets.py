"""Sets of UIDs as commands and ESEARCH (RFC 4731) write them: `2,10:15`."""

from __future__ import annotations

from collections.abc import Sequence

from glassdome.core.errors import ProtocolViolation
from glassdome.core.limits import MAX_IMAP_UIDS
from glassdome.integrations.imap.response import Response, Token

__all__ = ["number", "searched", "uid_set"]


def number(token: Token) -> int:
    """Return the number; raises ProtocolViolation for anything else."""
    if isinstance(token, str) and token.isdecimal() and token.isascii():
        return int(token)
    raise ProtocolViolation("The IMAP server sent something else where a number belongs.")


def uid_set(uids: Sequence[int]) -> str:
    """Return the UIDs as a command wants them."""
    return ",".join(str(int(uid)) for uid in uids)


def searched(response: Response) -> set[int]:
    """Return what a SEARCH or ESEARCH response found."""
    if response.name == "SEARCH":
        # A CONDSTORE server appends `(MODSEQ n)` (RFC 7162 3.1.5).
        words = [token for token in response.data if isinstance(token, str)]
        return {number(word) for word in words[: words.index("(MODSEQ") if "(MODSEQ" in words else None]}
    names = [token.upper() if isinstance(token, str) else "" for token in response.data]
    if "ALL" not in names:
        return set()
    told = response.data[names.index("ALL") + 1 :]
    return _expanded(str(told[0])) if told else set()


def _expanded(text: str) -> set[int]:
    found = set[int]()
    for part in text.split(","):
        low, _, high = part.partition(":")
        first, last = sorted((number(low), number(high or low)))
        if len(found) + last - first >= MAX_IMAP_UIDS:
            raise ProtocolViolation(f"The IMAP server named more than {MAX_IMAP_UIDS} messages.")
        found.update(range(first, last + 1))
    return found
