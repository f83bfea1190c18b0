"""Validates the text of settings; each check raises ValueError with the fault, never with a secret."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from glassdome.core.config.field import parts_of
from glassdome.core.limits import MIN_API_KEY_CHARS

__all__ = ["check_keys", "http_url"]

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
