"""Decides on automatic answers by RFC 3834 and RFC 5230; pure.

Every answer that might feed a loop, reach a list or confirm a mailbox to a fraudster is refused, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from glassdome.replies.plan import is_trusted
from glassdome.values.auto_answer import ABSENCE, AnswerRule
from glassdome.values.message import DMARC_FAILED, Message
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Verdict

__all__ = ["absence_rule", "answer_subject", "fitting", "is_away", "why_no_answer"]

#: A mail that is older gets no answer: it would surprise its sender.
_NEWEST: Final = timedelta(days=1)
#: Local parts that no person reads (RFC 5230 4.6, and the names that programs use today).
_MACHINES: Final = re.compile(
    r"(?:mailer-daemon|daemon|listserv|majordomo|postmaster|root|nobody|bounces?|owner|request|no-?_?reply|do-?_?not-?_?reply"
    r"|noreply\w{0,20}|notifications?|auto-?reply|autoresponder)"
    r"|owner-.{1,200}|.{1,200}-(?:request|owner|bounces?|errors|admin)|bounces?[-+=].{1,200}|.{1,200}[-+](?:noreply|no-reply|bounces?)"
    r"|prvs=.{1,200}|srs[01][=+-].{1,200}"
)
_MACHINE_CHARS: Final = 250
_SPF_FAILED: Final = frozenset(("fail", "softfail"))
_AUTO: Final = "Auto: "
_SUBJECT_CHARS: Final = 250


def why_no_answer(
    message: Message, verdict: Verdict, own: Collection[str], *, received: datetime, now: datetime
) -> str:
    """Return why the mail gets no automatic answer; empty where it may. `own` are the owner's addresses, in lower case."""
    checks = (
        (message.lists.auto_submitted not in ("", "no"), "A program sent it (RFC 3834 2)."),
        (message.lists.is_automatic or message.report is not None, "It is a report or another automatic mail."),
        (message.lists.is_list, "A list sent it (RFC 3834 2)."),
        (not message.mail_from, "It has no return path to answer to (RFC 3834 2)."),
        (_is_machine(message), "Its address is a program's (RFC 5230 4.6)."),
        (_is_own(message, own), "It is the owner's own mail."),
        (not _is_addressed(message, own), "It is not addressed to the owner (RFC 5230 4.5)."),
        (not is_trusted(verdict), "It may be fraud or spam."),
        (_is_forged(message), "Its return path is not proven to be its sender's."),
        (now - received > _NEWEST, "It is more than a day old."),
    )
    return next((why for refused, why in checks if refused), "")


def answer_subject(wanted: str, subject: str) -> str:
    """Return the subject of the answer (RFC 3834 3.1.5, RFC 5230 5.3)."""
    return (wanted or f"{_AUTO}{subject}").strip()[:_SUBJECT_CHARS]


def is_away(wishes: Preferences, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether the absence notice is sent today, in the owner's zone."""
    today = now.astimezone(zone).date()
    first = date.fromisoformat(wishes.absence_from) if wishes.absence_from else date.min
    last = date.fromisoformat(wishes.absence_until) if wishes.absence_until else date.max
    return bool(wishes.absence.strip()) and first <= today <= last


def absence_rule(wishes: Preferences) -> AnswerRule:
    """Return the absence notice as a rule without conditions."""
    return AnswerRule(name=ABSENCE, text=wishes.absence, subject=wishes.absence_subject)


def fitting(rules: Sequence[AnswerRule], message: Message, categories: Collection[str]) -> tuple[AnswerRule, ...]:
    """Return the rules whose conditions the mail meets, in their order."""
    return tuple(rule for rule in rules if rule.enabled and rule.text.strip() and _fits(rule, message, categories))


def _fits(rule: AnswerRule, message: Message, categories: Collection[str]) -> bool:
    domain, subject = message.author.domain.lower(), message.subject.casefold()
    recipients = {address.addr.lower() for address in message.recipients}
    return all(
        (
            not rule.categories
            or not {each.lower() for each in rule.categories}.isdisjoint(map(str.lower, categories)),
            not rule.sender_domains or any(_is_within(domain, each) for each in rule.sender_domains),
            not rule.subject_words or any(word.casefold() in subject for word in rule.subject_words),
            not rule.recipients or not {each.lower() for each in rule.recipients}.isdisjoint(recipients),
        )
    )


def _is_within(domain: str, wanted: str) -> bool:
    wanted = wanted.lower().strip(".@")
    return domain == wanted or domain.endswith(f".{wanted}")


def _is_machine(message: Message) -> bool:
    addresses = (message.mail_from or "", message.author.addr, *(each.addr for each in message.reply_to))
    local = (address.rpartition("@")[0][:_MACHINE_CHARS].lower() for address in addresses)
    return any(_MACHINES.fullmatch(each) for each in local)


def _is_own(message: Message, own: Collection[str]) -> bool:
    return bool({(message.mail_from or "").lower(), message.author.addr.lower()} & set(own))


def _is_addressed(message: Message, own: Collection[str]) -> bool:
    named = {_without_detail(each.addr.lower()) for each in (*message.recipients, *message.bcc)}
    return bool(named & {_without_detail(each) for each in own})


def _without_detail(address: str) -> str:
    """Return an address without its detail (RFC 5233): `ann+shop@example.org` is `ann@example.org`."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _is_forged(message: Message) -> bool:
    """Return whether our own server found that the mail is not from where it says: an answer would hit a stranger."""
    told = message.authentication
    spf, dmarc = told.best("spf"), told.best("dmarc")
    failed = (spf is not None and spf.result in _SPF_FAILED) or (dmarc is not None and dmarc.result in DMARC_FAILED)
    return told.trusted and failed
