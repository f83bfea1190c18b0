"""Preferences of a mailbox's owner, read and changed; changes are audited."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from glassdome.core.errors import InputError, NotFound
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import MailboxField
from glassdome.desk.services import Services
from glassdome.values.preferences import DigestEvery, EngineAccess, Preferences

__all__ = ["PreferencesEdit", "PreferencesShape", "Whose", "change_preferences", "must_exist", "preferences_of"]

_LANGUAGE: Final = r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3})?$"
_DATE: Final = r"^(20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|29|30|31))?$"
_EXAMPLE: dict[str, JsonValue] = {
    "username": "user@domain.com",
    "auto_analysis": True,
    "auto_categorize": True,
    "phishing_alerts": True,
    "summary_enabled": True,
}


class PreferencesShape(BaseModel):
    """One mailbox's choices."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _EXAMPLE
            | {
                "chosen": True,
                "engine_access": "full",
                "summary_language": "",
                "flag_phishing": False,
                "flag_categories": False,
                "move_to_junk": False,
                "drafts": False,
                "language": "en",
                "timezone": "Europe/Berlin",
                "digest": "daily",
                "digest_hour": 7,
                "threads": True,
                "flag_threads": False,
                "follow_up_days": 0,
                "follow_up_drafts": False,
                "absence": "",
                "absence_from": "",
                "absence_until": "",
                "absence_subject": "",
                "model": True,
                "warnings_sent": True,
            }
        }
    )

    username: str
    chosen: bool
    auto_analysis: bool
    auto_categorize: bool
    phishing_alerts: bool
    summary_enabled: bool
    engine_access: EngineAccess
    summary_language: str
    flag_phishing: bool
    flag_categories: bool
    move_to_junk: bool
    drafts: bool
    language: str
    timezone: str
    digest: DigestEvery
    digest_hour: int
    threads: bool
    flag_threads: bool
    follow_up_days: int
    follow_up_drafts: bool
    absence: str
    absence_from: str
    absence_until: str
    absence_subject: str
    model: bool
    warnings_sent: Annotated[
        bool,
        Field(
            description="False where nobody is warned, whatever `phishing_alerts` says: GLASSDOME_OVERSEER_MAILBOX is not set"
        ),
    ]


class Whose(BaseModel):
    """The mailbox that the preferences belong to."""

    model_config = ConfigDict(extra="forbid")

    username: MailboxField


class PreferencesEdit(BaseModel):
    """The preferences to change; fields not given stay. An unknown name is refused, since it would change nothing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    username: MailboxField
    chosen: Annotated[bool | None, Field(description="The opt-in: no mail is read before it is true")] = None
    auto_analysis: Annotated[
        bool | None,
        Field(description="Analyse new mail unasked; true also enables the mailbox unless `chosen` is false"),
    ] = None
    auto_categorize: bool | None = None
    phishing_alerts: bool | None = None
    summary_enabled: bool | None = None
    engine_access: Annotated[EngineAccess | None, Field(description="How much of a mail a language model may see")] = (
        None
    )
    summary_language: Annotated[
        str | None,
        Field(pattern=_LANGUAGE, description="BCP 47, or empty: the mail's own"),
    ] = None
    flag_phishing: bool | None = None
    flag_categories: bool | None = None
    move_to_junk: bool | None = None
    drafts: bool | None = None
    language: Annotated[
        str | None, Field(pattern=_LANGUAGE, description="BCP 47: the language of digests and notices to the owner")
    ] = None
    timezone: Annotated[
        str | None, Field(max_length=64, description="IANA name, or empty: GLASSDOME_OVERSEER_TIMEZONE")
    ] = None
    digest: DigestEvery | None = None
    digest_hour: Annotated[int | None, Field(ge=0, le=23, description="In the owner's time zone")] = None
    threads: Annotated[bool | None, Field(description="Read Sent mail too, and say who owes whom an answer")] = None
    flag_threads: Annotated[bool | None, Field(description="Set glassdome-answer and glassdome-waiting")] = None
    follow_up_days: Annotated[
        int | None,
        Field(ge=0, le=90, description="Days that others have for an answer before a reminder is right; 0: four"),
    ] = None
    follow_up_drafts: Annotated[
        bool | None,
        Field(description="Draft a reminder, once, where others owe an answer for so long; needs `threads`"),
    ] = None
    absence: Annotated[
        str | None, Field(max_length=4000, description="Text of the absence notice; empty: none is sent")
    ] = None
    absence_from: Annotated[
        str | None,
        Field(pattern=_DATE, description="First day of the absence, ISO date in the owner's zone; empty: now"),
    ] = None
    absence_until: Annotated[
        str | None, Field(pattern=_DATE, description="Last day of the absence; empty: until it is switched off")
    ] = None
    absence_subject: Annotated[
        str | None, Field(max_length=250, description="Subject of the notice; empty: `Auto: ` and the mail's own")
    ] = None
    model: Annotated[bool | None, Field(description="False: no language model reads this mailbox")] = None


async def preferences_of(services: Services, caller: Caller, whose: Whose) -> dict[str, Any]:
    """Return the JSON object of a mailbox's preferences."""
    mailbox = as_mailbox(whose.username)
    caller.must_see(mailbox)
    return _shape(services, await services.preferences.get_preferences(mailbox))


async def change_preferences(
    services: Services, caller: Caller, body: PreferencesEdit
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Store and audit; return the changed preferences, and the JSON object of all preferences as they are now.

    Raises InputError for an unknown time zone, and NotFound for a mailbox that mailcow does not have; an earlier choice
    can still be withdrawn.
    """
    mailbox = as_mailbox(body.username)
    caller.must_see(mailbox)
    changes = {k: v for k, v in body.model_dump(exclude={"username"}).items() if v is not None}
    if changes.get("auto_analysis"):
        changes.setdefault("chosen", True)
    before = await services.preferences.get_preferences(mailbox)
    if changes.get("chosen") or not before.chosen:
        await must_exist(services.has_mailbox, mailbox)
    await asyncio.to_thread(_must_be_zone, changes.get("timezone", ""))
    for name in ("absence_from", "absence_until"):
        _must_be_day(changes.get(name, ""))
    wanted = replace(before, username=mailbox, **changes)
    now = services.clock.now()
    await services.preferences.set_preferences(wanted, now=now)
    await services.history.audit(actor=caller.name, action="edit_preferences", subject=mailbox, facts=changes, now=now)
    services.rescan()
    return changes, _shape(services, wanted)


async def must_exist(has_mailbox: Callable[[str], Awaitable[bool]] | None, mailbox: str) -> None:
    """Raise NotFound where the mail server says that there is no such mailbox, and its error where it cannot say."""
    if has_mailbox is not None and not await has_mailbox(mailbox):
        raise NotFound(f"mailcow has no mailbox {mailbox}.", fix="Create it first, or correct its name.")


def _must_be_zone(name: str) -> None:
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:  # a folder of zones is none
        raise InputError(f"{name} is no time zone.", fix="Write an IANA name, for example Europe/Berlin.") from exc


def _must_be_day(text: str) -> None:
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError as exc:
        raise InputError(f"{text} is no day of the calendar.", fix="Write a date such as 2026-12-24.") from exc


def _shape(services: Services, preferences: Preferences) -> dict[str, Any]:
    return asdict(preferences) | {
        "engine_access": str(preferences.engine_access),
        "digest": str(preferences.digest),
        "warnings_sent": services.settings().alert_mailbox is not None,
    }
