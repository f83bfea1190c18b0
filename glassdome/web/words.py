"""Words for pages: verdicts, states, ages, places in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from glassdome.web.tongue import N_, gettext, ngettext

__all__ = [
    "ACTION_STATES",
    "ATTENTION",
    "CORRECTIONS",
    "JOB_REASONS",
    "JOB_STATES",
    "STANDINGS",
    "Kind",
    "action_state",
    "action_words",
    "age",
    "category_word",
    "fact_kind",
    "first_due",
    "kind_of",
    "place",
    "sender",
    "span",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A verdict as a person sees it: a word, and the name of its shape and colour."""

    name: str
    word: str


_PHISHING: Final = Kind(name="phishing", word=N_("Phishing"))
_SPAM: Final = Kind(name="spam", word=N_("Spam"))
_FINE: Final = Kind(name="fine", word=N_("Looks fine"))
_UNKNOWN: Final = Kind(name="unknown", word=N_("Not judged"))

JOB_STATES: Final = {
    "pending": N_("Waiting"),
    "leased": N_("Being judged"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}
JOB_REASONS: Final = {
    "new": N_("new mail"),
    "asked": N_("asked for"),
    "backfill": N_("older mail"),
    "upgrade": N_("a second look by the model"),
    "draft": N_("a reply draft"),
}
ACTION_STATES: Final = {
    "planned": N_("planned"),
    "begun": N_("under way"),
    "done": N_("done"),
    "failed": N_("failed"),
    "unknown": N_("begun, outcome unknown"),
    "undone": N_("undone"),
}
#: What a person said that a message is.
CORRECTIONS: Final = {"ham": N_("harmless"), "spam": N_("spam"), "phish": N_("phishing")}
#: How a mail wants to be met.
ATTENTION: Final = {"now": N_("now"), "answer": N_("to answer"), "read": N_("to read"), "skim": N_("to skim")}
#: An owner's word on a sender.
STANDINGS: Final = {"blocked": N_("blocked"), "trusted": N_("trusted")}
#: A warning is sent or not; "done" and "failed" would hide which.
_ALERT_STATES: Final = {
    "planned": N_("not sent yet"),
    "begun": N_("being sent"),
    "done": N_("sent"),
    "failed": N_("not sent"),
}
_ACTIONS: Final = {
    "add_keyword": N_("Keyword"),
    "move": N_("Move to"),
    "alert": N_("Warning to the owner of"),
    "learn": N_("Lesson for the spam filter:"),
    "draft": N_("Draft:"),
    "answer": N_("Automatic answer:"),
}
#: More is no number of a link; what a model wrote may be anything.
_INDEX_DIGITS: Final = 9
_PLACES: Final = {
    "text": N_("in the text"),
    "body": N_("in the text"),
    "subject": N_("in the subject"),
    "hidden": N_("in text that readers do not see"),
    "context": N_("from what this mailbox knows"),
    "rspamd": N_("from Rspamd"),
}
#: Parts of a message that have a number.
_NUMBERED: Final = {
    "link": N_("link %(number)s"),
    "attachment": N_("attachment %(number)s"),
    "form": N_("form %(number)s"),
}
#: What a person calls a fact.
_FACT_KINDS: Final = {
    "title": N_("title"), "date": N_("date"), "datetime": N_("date and time"), "recurrence": N_("recurrence"),
    "status": N_("status"), "place": N_("place"), "link": N_("link"), "name": N_("name"), "email": N_("e-mail address"),
    "phone": N_("phone number"), "number": N_("number"), "amount": N_("amount"), "iban": "IBAN",
    "reference": N_("reference"), "payee": N_("payee"), "issuer": N_("issuer"), "seat": N_("seat"), "qr": N_("code"),
    "file": N_("file"), "sheet": N_("sheet"), "cell": N_("table cell"),
}  # fmt: skip
#: Categories and tags as a person reads them; analyses and interfaces keep the English names.
_CATEGORY_WORDS: Final = {
    "security": N_("security"), "meeting": N_("meeting"), "invoice": N_("invoice"), "order": N_("order"),
    "delivery": N_("delivery"), "travel": N_("travel"), "payment": N_("payment"), "job": N_("job"),
    "legal": N_("legal"), "support": N_("support"), "health": N_("health"), "education": N_("education"),
    "social": N_("social"), "newsletter": N_("newsletter"), "promotion": N_("promotion"),
    "mailing-list": N_("mailing-list"), "notification": N_("notification"), "auto-reply": N_("auto-reply"),
    "bounce": N_("bounce"), "work": N_("work"), "personal": N_("personal"), "account": N_("account"),
    "receipt": N_("receipt"), "finance": N_("finance"), "calendar": N_("calendar"), "urgent": N_("urgent"),
    "deadline": N_("deadline"), "question": N_("question"), "request": N_("request"), "reply": N_("reply"),
    "forwarded": N_("forwarded"), "attachment": N_("attachment"), "invitation": N_("invitation"),
    "one-time-code": N_("one-time-code"), "bulk": N_("bulk"), "automatic": N_("automatic"),
    "mentions-money": N_("mentions-money"),
}  # fmt: skip
_WHY: Final = {
    "encrypted": N_("Not judged: encrypted"),
    "damaged": N_("Not judged: cannot be read"),
    "empty": N_("Not judged: empty"),
}
_UNCOVERED: Final = N_("Not judged: language not covered")
#: Seconds that are called now.
_NOW: Final = 5
_MINUTE, _HOUR, _DAY, _MONTH = 60, 3600, 86_400, 86_400 * 30.44
#: From so many days on, months are counted.
_DAYS_TELL: Final = 60


def kind_of(analysis: Mapping[str, Any]) -> Kind:
    """Return the verdict of an analysis; phishing is what `is_phishing` says, whatever the label."""
    if analysis["is_phishing"] or analysis["label"] == "phish":
        return _said(_PHISHING)
    if analysis["label"] == "unknown":
        other = _UNKNOWN.word if analysis["language_covered"] else _UNCOVERED
        return _said(_UNKNOWN, _WHY.get(analysis["readable"], other))
    return _said(_SPAM) if analysis["label"] == "spam" else _said(_FINE)


def _said(kind: Kind, word: str = "") -> Kind:
    return replace(kind, word=gettext(word or kind.word))


def first_due(analysis: Mapping[str, Any]) -> str:
    """Return the first day by which something is due, empty where no day is known."""
    return min((item["due_at"] for item in analysis["action_items"] if item["due_at"]), default="")


def age(instant: str | datetime, now: datetime) -> str:
    """Say how long ago that was, or is to be: `3 minutes ago`."""
    then = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    seconds = (now - then.astimezone(UTC)).total_seconds()
    if abs(seconds) < _NOW:
        return gettext("just now")
    return _ahead(-seconds) if seconds < 0 else _back(seconds)


def _back(seconds: float) -> str:
    if seconds < _MINUTE:
        return ngettext("%(num)s second ago", "%(num)s seconds ago", int(seconds))
    if seconds < _HOUR:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", int(seconds // _MINUTE))
    if seconds < _DAY:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", int(seconds // _HOUR))
    if seconds < _DAY * _DAYS_TELL:
        return ngettext("%(num)s day ago", "%(num)s days ago", int(seconds // _DAY))
    return ngettext("%(num)s month ago", "%(num)s months ago", int(seconds // _MONTH))


def _ahead(seconds: float) -> str:
    if seconds < _MINUTE:
        return ngettext("in %(num)s second", "in %(num)s seconds", int(seconds))
    if seconds < _HOUR:
        return ngettext("in %(num)s minute", "in %(num)s minutes", int(seconds // _MINUTE))
    if seconds < _DAY:
        return ngettext("in %(num)s hour", "in %(num)s hours", int(seconds // _HOUR))
    if seconds < _DAY * _DAYS_TELL:
        return ngettext("in %(num)s day", "in %(num)s days", int(seconds // _DAY))
    return ngettext("in %(num)s month", "in %(num)s months", int(seconds // _MONTH))


def span(seconds: float) -> str:
    """Say a time in its largest unit."""
    if seconds < _MINUTE:
        return ngettext("%(num)s second", "%(num)s seconds", max(0, int(seconds)))
    if seconds < _HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", int(seconds // _MINUTE))
    if seconds < _DAY:
        return ngettext("%(num)s hour", "%(num)s hours", int(seconds // _HOUR))
    if seconds < _DAY * _DAYS_TELL:
        return ngettext("%(num)s day", "%(num)s days", int(seconds // _DAY))
    return ngettext("%(num)s month", "%(num)s months", int(seconds // _MONTH))


def place(where: str) -> str:
    """Say where in a message evidence stands: `header:From` is `in the field From`."""
    kind, _, rest = where.partition(":")
    if kind == "header":
        return gettext("in the field %(name)s", name=rest)
    if kind in _NUMBERED and rest.isdecimal() and len(rest) <= _INDEX_DIGITS:
        return gettext(_NUMBERED[kind], number=int(rest) + 1)
    return gettext(_PLACES[kind]) if kind in _PLACES else where


def fact_kind(kind: str) -> str:
    """Say what a fact is."""
    return gettext(_FACT_KINDS[kind]) if kind in _FACT_KINDS else kind


def category_word(name: str) -> str:
    """Say a category or tag; one that is not ours stays as it is."""
    return gettext(_CATEGORY_WORDS[name]) if name in _CATEGORY_WORDS else name


def sender(text: str) -> tuple[str, str]:
    """Part `Name <address>` into name and address; the name is the sender's own claim and may hold anything."""
    name, bracket, address = text.rpartition(" <")
    return (name, address.removesuffix(">")) if bracket and address.endswith(">") else ("", text)


def action_state(action: Mapping[str, Any]) -> str:
    """Say what became of an action."""
    states = ACTION_STATES | _ALERT_STATES if action["kind"] == "alert" else ACTION_STATES
    state = str(action["state"])
    return gettext(states[state]) if state in states else state


def action_words(action: Mapping[str, Any]) -> str:
    """Describe an action; its argument is shown next to it."""
    kind = str(action["kind"])
    return gettext(_ACTIONS[kind]) if kind in _ACTIONS else kind
