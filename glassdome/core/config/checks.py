"""Reads the text of settings: URLs, keys, mailboxes, weights; each raises ValueError with the fault, never with a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from glassdome.core.config.field import parts_of
from glassdome.core.limits import MIN_API_KEY_CHARS

__all__ = ["NamedMailbox", "check_keys", "engine_plugins", "http_url", "parse_weights", "read_mailboxes"]

#: A key, its scope, and behind a second colon something that it is limited to.
_API_KEY: Final = re.compile(r"[^:]+:r[ow](:[|\s]*[^|\s].*)?", re.S)


def http_url(text: str) -> str | None:
    """Return the URL without a slash at its end, None for an empty one."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL such as https://mail.example.org")
    if parts.port == 0:
        raise ValueError("port 0 is no port")
    return text.rstrip("/") or None


def check_keys(text: str) -> None:
    """See that each entry is a key with its scope, that headers can carry it, that it is long enough, and that no key is there twice."""
    seen: dict[str, int] = {}
    for number, entry in enumerate(parts_of(text), 1):
        key = entry.partition(":")[0]
        if not _API_KEY.fullmatch(entry):
            raise ValueError(f"entry {number} is not key:ro or key:rw, or key:ro:example.org")
        if not key.isascii():
            raise ValueError(f"the key of entry {number} has characters outside ASCII, which no header can carry")
        if len(key) < MIN_API_KEY_CHARS:
            raise ValueError(
                f"the key of entry {number} has {len(key)} characters and can be guessed; {MIN_API_KEY_CHARS} or more"
                " are needed, such as those that `openssl rand -hex 24` prints"
            )
        if seen.setdefault(key, number) != number:
            raise ValueError(f"entry {number} has the same key as entry {seen[key]}: which rights did you mean?")


def engine_plugins() -> frozenset[str]:
    """Return the names of the engines that installed plugins offer; imports none of them."""
    return frozenset(entry.name for entry in entry_points(group="glassdome.engines"))


def parse_weights(text: str) -> dict[str, float]:
    """Read `name=1.5, other=-0.5`, log-odds from -10 to 10; raises ValueError for any other form."""
    found: dict[str, float] = {}
    for entry in parts_of(text):
        name, _, number = entry.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as exc:
            raise ValueError(f"{entry[:60]!r} is not name=number") from exc
        if not -10 <= found[name.strip()] <= 10:
            raise ValueError(f"{entry[:60]!r} is not between -10 and 10")
    return found


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
