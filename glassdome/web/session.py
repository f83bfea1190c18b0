"""Keeps visitors signed in: a sealed cookie with the session's token; the database knows whose it is."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from glassdome.core.errors import ConfigError
from glassdome.core.limits import WEB_IDLE_SECONDS, WEB_SESSION_SECONDS
from glassdome.core.secrets import SecretBox

__all__ = ["IDLE", "LIFETIME", "Sessions", "WebSession"]

LIFETIME: Final = timedelta(seconds=WEB_SESSION_SECONDS)
IDLE: Final = timedelta(seconds=WEB_IDLE_SECONDS)
#: What else the same box seals (mailbox passwords) must never pass for a session.
_PURPOSE: Final = "web session"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """One browser's session; `token` is what its forms carry."""

    token: str
    begun: datetime


class Sessions:
    """Seals sessions into cookies and opens them again."""

    def __init__(self, box: SecretBox) -> None:
        """Every process with the same box knows the same sessions."""
        self._box = box

    @staticmethod
    def begin(*, now: datetime) -> WebSession:
        """Return a new session."""
        return WebSession(token=secrets.token_urlsafe(24), begun=now)

    def seal(self, session: WebSession) -> str:
        """Return the cookie's text."""
        facts = {"for": _PURPOSE, "token": session.token, "begun": session.begun.timestamp()}
        return self._box.encrypt(json.dumps(facts))

    def open(self, cookie: str | None, *, now: datetime) -> WebSession | None:
        """Return the session of a cookie that is ours and not too old."""
        found = self._read(cookie or "")
        if found is None or now >= found.begun + LIFETIME:
            return None
        return found

    def _read(self, cookie: str) -> WebSession | None:
        try:
            facts = json.loads(self._box.decrypt(cookie).get_secret_value())
        except (ConfigError, ValueError):
            return None
        if not isinstance(facts, dict) or facts.get("for") != _PURPOSE:
            return None
        return WebSession(token=facts["token"], begun=datetime.fromtimestamp(facts["begun"], UTC))
