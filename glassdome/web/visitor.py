"""Identifies a page's visitor, what their key permits, and whether a form came from one of our pages."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Annotated, Final, cast
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from glassdome.core.clock import zone_of
from glassdome.core.errors import AccessDenied, InputError, NotAuthenticated
from glassdome.core.limits import MAX_FORM_FIELDS, WEB_USE_SECONDS
from glassdome.desk.http import Wired, proxy_caller, same_secret
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.people import caller_of
from glassdome.desk.services import Services
from glassdome.values.person import KnownSession
from glassdome.web.session import IDLE, Sessions, WebSession
from glassdome.web.tongue import gettext

__all__ = [
    "FORM_COOKIE",
    "SESSION_COOKIE",
    "TOKEN_FIELD",
    "Anyone",
    "Filled",
    "Reads",
    "SentForm",
    "Visitor",
    "Written",
    "fields_of",
    "sessions_of",
]

SESSION_COOKIE: Final = "glassdome_session"
#: A separate cookie for visitors without a session: Strict cookies stay home when a foreign site's link is followed,
#: and the sign-in page that is shown then must not overwrite a session that is there.
FORM_COOKIE: Final = "glassdome_form"
_NOTED_EVERY: Final = timedelta(seconds=WEB_USE_SECONDS)
#: The ids of a database: `int` itself gives up on thousands of digits.
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
TOKEN_FIELD: Final = "form_token"  # noqa: S105 - its name, not its value


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One request's visitor; `caller` is None before signing in. `form` is the session whose token forms carry.

    `zone` is the one that the owner of the mailbox chose, of others the server's.
    """

    caller: Caller | None
    session: WebSession | None
    known: KnownSession | None
    form: WebSession
    form_is_new: bool
    zone: tzinfo

    @property
    def may_write(self) -> bool:
        """Return whether buttons are shown."""
        return self.caller is not None and self.caller.scope is Scope.RW

    @property
    def signed_in_by(self) -> Caller:
        """The caller; raises NotAuthenticated where there is none."""
        if self.caller is None:
            raise NotAuthenticated
        return self.caller


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form that one of our pages sent: its fields, each name with its last value, and who sent it."""

    visitor: Visitor
    fields: dict[str, str]

    @property
    def caller(self) -> Caller:
        """The signed-in caller."""
        return self.visitor.signed_in_by

    def __getitem__(self, name: str) -> str:
        """Return a field's value, empty where it is missing."""
        return self.fields.get(name, "")

    def number(self, name: str) -> int | None:
        """Return a field's number; None for anything but a number that the database can hold."""
        return int(self[name]) if _NUMBER.fullmatch(self[name]) else None


def sessions_of(request: Request) -> Sessions:
    """Return the sessions of this application."""
    return cast(Sessions, request.app.state.web.sessions)


async def visit(request: Request, services: Wired) -> Visitor:
    """Return the visitor, signed in or not; raises NotAuthenticated for a forged proxy header, RateLimited."""
    now, sessions = services.clock.now(), sessions_of(request)
    session = sessions.open(request.cookies.get(SESSION_COOKIE), now=now)
    known = await _known(services, session)
    owner = caller_of(known.person, services.settings()) if known is not None else None
    caller = proxy_caller(request, services) or owner
    if caller is None:
        session = known = None
    else:
        rate = services.settings().api_rate_per_minute
        request.app.state.rate.take(caller.name, per_minute=rate, now=now)
    form = session or sessions.open(request.cookies.get(FORM_COOKIE), now=now)
    return Visitor(
        caller=caller,
        session=session,
        known=known,
        form=form or sessions.begin(now=now),
        form_is_new=form is None,
        zone=await _zone(services, caller),
    )


async def _zone(services: Services, caller: Caller | None) -> tzinfo:
    """Return the zone that the caller's own mailbox chose, else the server's."""
    own = caller.mailboxes if caller is not None else None
    chosen = ""
    if own is not None and len(own) == 1:
        chosen = (await services.preferences.get_preferences(own[0])).timezone
    elif caller is not None and "@" in caller.name:
        chosen = (await services.preferences.get_preferences(caller.name)).timezone
    return await asyncio.to_thread(zone_of, chosen, services.settings().overseer_timezone)


async def _known(services: Services, session: WebSession | None) -> KnownSession | None:
    """Return whose session it is, noting its use; None where it was signed out of, in whichever process."""
    if session is None:
        return None
    now = services.clock.now()
    known = await services.sessions.session_of(session.token, now=now, idle_since=now - IDLE)
    if known is not None and now - known.used_at >= _NOTED_EVERY:
        await services.sessions.use_session(session.token, now=now)
    return known


Anyone = Annotated[Visitor, Depends(visit)]


async def signed_in(visitor: Anyone) -> Visitor:
    """Return the visitor; raises NotAuthenticated before signing in."""
    assert visitor.signed_in_by
    return visitor


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; raises InputError."""
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError as exc:
        raise InputError(gettext("The form cannot be read.")) from exc
    return dict(pairs)


async def filled(request: Request, visitor: Anyone) -> SentForm:
    """Read a form; raises AccessDenied when it did not come from a page that we gave to this very browser."""
    fields = await fields_of(request)
    if visitor.form_is_new or not same_secret(fields.pop(TOKEN_FIELD, ""), visitor.form.token):
        raise AccessDenied(
            gettext("This form is out of date, or came from another site. Open the page again and repeat it.")
        )
    return SentForm(visitor=visitor, fields=fields)


async def _written(
    visitor: Annotated[Visitor, Depends(signed_in)], form: Annotated[SentForm, Depends(filled)]
) -> SentForm:
    if not visitor.may_write:
        raise AccessDenied(gettext("This key may only read."))
    return form


Reads = Annotated[Visitor, Depends(signed_in)]
Filled = Annotated[SentForm, Depends(filled)]
Written = Annotated[SentForm, Depends(_written)]
