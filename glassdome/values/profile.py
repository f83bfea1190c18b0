"""The way in which a mailbox's owner greets and signs, learned from sent mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Naming", "WritingProfile"]

#: The name behind a greeting: the first one, all of it, or none.
Naming = Literal["first", "full", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingProfile:
    """One language of one owner; empty where the mails do not agree.

    `greeting` is without the name (`Hi`), `ends` the sign behind it; `sign_off` has the closing words and the name, one
    line each. `formal` and `informal` count the mails that address their reader so, `signed` those with a signature
    (RFC 3676 4.3), `mails` all that were read. `name` is the owner's in the field From.
    """

    language: str
    greeting: str = ""
    naming: Naming = "none"
    ends: str = ","
    formal: int = 0
    informal: int = 0
    sign_off: tuple[str, ...] = ()
    signed: int = 0
    name: str = ""
    mails: int = 0
