"""Neighbouring servers (Dovecot, Rspamd) prove themselves with one shared secret, by Bearer or Basic."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from glassdome.core.errors import NotAuthenticated
from glassdome.core.secrets import reveal
from glassdome.desk.http import Wired, judged, same_secret
from glassdome.desk.keys import Caller, Scope

__all__ = ["FromBeside"]

#: They may ring and ask for verdicts, and read nothing.
_BESIDE = Caller(name="beside", scope=Scope.RO)
_BEARER = HTTPBearer(auto_error=False, scheme_name="PushSecret", description="GLASSDOME_PUSH_SECRET")


async def _from_beside(
    request: Request,
    services: Wired,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None,
) -> None:
    """Raise NotAuthenticated unless the secret is right; Basic is for Dovecot's OX driver, whose URL holds it."""
    presented = bearer.credentials if bearer else _basic_password(request.headers.get("Authorization", ""))
    expected = reveal(services.settings().push_secret)
    if not expected:
        raise NotAuthenticated("This route is closed.", fix="Set GLASSDOME_PUSH_SECRET.")
    right = _BESIDE if same_secret(presented, expected) else None
    judged(request, services, right, door="beside", refusal="The shared secret is not right.")


FromBeside = Depends(_from_beside)


def _basic_password(header: str) -> str:
    """Return the password of a Basic header (RFC 7617), or an empty string."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
