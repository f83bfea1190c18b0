"""The entries of GLASSDOME_MAILBOXES: an address, the name it logs in with, its password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from glassdome.core.config.field import parts_of

__all__ = ["NamedMailbox", "read_mailboxes"]

#: `address`, `address:password`, `address=login`, `address=login:password`; a local part may hold `=`, a login may not.
_ENTRY: Final = re.compile(r"(?P<address>[^:@\s]+@[^:=@\s]+)(?:=(?P<login>[^:=]+))?(?::(?P<password>.*))?", re.DOTALL)
_FORM: Final = "a@example.org, a@example.org:password or a@example.org=login:password"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMailbox:
    """One entry. The address is in lower case, as the API and the doorbell name mailboxes; `login` is empty where the
    address logs in, `password` None where another login is used."""

    address: str
    login: str = ""
    password: SecretStr | None = None


def read_mailboxes(text: str) -> tuple[NamedMailbox, ...]:
    """Read the list; raises ValueError that counts the entry and never quotes it, for it holds a password."""
    return tuple(_read(number, entry) for number, entry in enumerate(parts_of(text), 1))


def _read(number: int, entry: str) -> NamedMailbox:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"entry {number} is not {_FORM}")
    password = found["password"]
    return NamedMailbox(
        address=found["address"].lower(),
        login=(found["login"] or "").strip(),
        password=SecretStr(password) if password is not None else None,
    )
