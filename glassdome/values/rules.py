"""A mailbox owner's own rules: what a message must look like, and which category or priority it then has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Position", "Rule"]

#: Where the owner stands among the recipients: the only one in To, in To, in Cc, or not named at all.
Position = Literal["only", "to", "cc", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; every condition that is given must hold, patterns are shell-like and ignore case.

    `sender` matches the From address (`*@example.org`), `lists` the List-Id, `headers` pairs of field name and pattern;
    `larger_than` and `smaller_than` are bytes of the whole message. `mailboxes` are the addresses whose rule it is, none
    meaning all. `categories` and `priority` are what then holds.
    """

    name: str
    mailboxes: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    position: Position | None = None
    larger_than: int | None = None
    smaller_than: int | None = None
    categories: tuple[str, ...] = ()
    priority: int | None = None
